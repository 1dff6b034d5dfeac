"""The results as a page for a browser: one file, without script, light or dark."""

from bench.experiment.charts import charts
from bench.experiment.results import Results
from bench.experiment.tables import conditions, explanations, left_out, table_of_goals, tables
from bench.experiment.templates import render


def as_page(results: Results) -> str:
    """The text of the file."""
    return render(
        "page.html.j2",
        conditions=list(conditions(results)),
        left_out=list(left_out(results)),
        charts=list(charts(results)),
        tables=list(tables(results)),
        goals=table_of_goals(results),
        explanations=list(explanations(results)),
    )
