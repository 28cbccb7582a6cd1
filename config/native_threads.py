"""How many threads the libraries below Python may use.

OpenBLAS starts a thread for every core, and each looks for more work for a while after every product before it
sleeps. The products here are too small to gain from them, and the cores belong to calls.
"""

from threadpoolctl import threadpool_limits


def keep_blas_to_one_thread() -> None:
    """Have the linear algebra libraries that this process has loaded so far work in the thread that calls them."""
    threadpool_limits(limits=1, user_api="blas")
