"""Numpy's products stay in the thread that asks for them."""

import numpy as np
from threadpoolctl import threadpool_info, threadpool_limits

from config.native_threads import keep_blas_to_one_thread


def test_numpy_computes_in_one_thread() -> None:
    assert np.ones(1) @ np.ones(1) == 1, "loaded"
    with threadpool_limits(limits=2, user_api="blas"):
        keep_blas_to_one_thread()
        blas = [library for library in threadpool_info() if library["user_api"] == "blas"]
        assert blas
        assert all(library["num_threads"] == 1 for library in blas)
