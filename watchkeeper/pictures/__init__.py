"""Pictures of what was decided: who saw which level when, values against their limits, planted faults.

`Canvas` gives axes in the house's style, the modules beside it draw onto them, `page` makes one file that shows it all
without any other. Matplotlib is imported in this room alone, and only when something is drawn.

    canvas = Canvas("Flights, March", "one window a day", heights=(2.0, 3.0))
    draw_lanes(canvas.axes[0], lanes, over)
    draw_scores(canvas.axes[1], scores, over)
    Path("flights.png").write_bytes(canvas.png())
"""

from watchkeeper.pictures.canvas import Canvas
from watchkeeper.pictures.foretold import Foretold, draw_foretold
from watchkeeper.pictures.lanes import Lane, draw_lanes
from watchkeeper.pictures.page import Heading, Image, Part, Rows, Words, page
from watchkeeper.pictures.planted import Planted, draw_planted
from watchkeeper.pictures.scores import Score, draw_scores
from watchkeeper.pictures.sequences import draw_sequence, rollout_picture
from watchkeeper.pictures.style import LEVEL_COLOURS, LINES

__all__ = [
    "LEVEL_COLOURS",
    "LINES",
    "Canvas",
    "Foretold",
    "Heading",
    "Image",
    "Lane",
    "Part",
    "Planted",
    "Rows",
    "Score",
    "Words",
    "draw_foretold",
    "draw_lanes",
    "draw_planted",
    "draw_scores",
    "draw_sequence",
    "page",
    "rollout_picture",
]
