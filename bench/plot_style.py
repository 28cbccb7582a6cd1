"""How all plots look."""

from matplotlib.axes import Axes

DPI = 90
SIZE = (10.0, 3.4)


def finish(axes: Axes, y_label: str, x_label: str) -> None:
    """Name the axes, and let those over a number of calls begin at zero."""
    axes.set_xlabel(x_label)
    axes.set_ylabel(y_label)
    if x_label == "calls at once":
        axes.set_ylim(bottom=0)
    axes.grid(visible=True, alpha=0.3)
