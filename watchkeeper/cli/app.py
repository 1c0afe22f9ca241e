"""Which commands there are."""

import typer

from watchkeeper.cli import acting, backtesting, estimating, importing, reading, running, tuning

__all__ = ["app"]

app = typer.Typer(
    name="watchkeeper",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
    help="Keep the watch over models in production: monitor, alert, retrain, ask, release.\n\n"
    "Start with `watchkeeper demo`, then `watchkeeper new model NAME`, `watchkeeper validate`, `watchkeeper up`.",
)
new = typer.Typer(no_args_is_help=True, help="Write a new file to start from.")
app.add_typer(new, name="new", rich_help_panel="Set up")

SET_UP, RUN, LOOK, ACT = "Set up", "Run", "Look", "Act"

app.command(rich_help_panel=SET_UP)(reading.validate)
app.command(rich_help_panel=SET_UP)(acting.train)
new.command("model")(acting.new_model)
app.command(rich_help_panel=RUN)(running.demo)
app.command(rich_help_panel=RUN)(running.up)
app.command(rich_help_panel=RUN)(running.deploy)
app.command(rich_help_panel=LOOK)(reading.status)
app.command(rich_help_panel=LOOK)(reading.explain)
app.command(rich_help_panel=LOOK)(reading.rollout)
app.command(rich_help_panel=LOOK)(backtesting.backtest)
app.command(rich_help_panel=LOOK)(tuning.tune)
app.command(rich_help_panel=LOOK)(estimating.estimates)
app.command(rich_help_panel=ACT)(acting.approve)
app.command(rich_help_panel=ACT)(acting.recalibrate)
app.command(rich_help_panel=ACT)(importing.labels)
app.command(rich_help_panel=ACT)(acting.release)
app.command(rich_help_panel=ACT)(acting.rollback)
