"""The environment of Prefect's processes; must be set before Prefect is imported, so nothing here imports it."""

import os
from pathlib import Path

__all__ = ["api_url", "prefect_environment", "prepare"]

# A burst of task events makes SQLite answer "database is locked" when events are written one by one.
TUNED = {
    "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_BATCH_SIZE": "100",
    "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_READ_BATCH_SIZE": "100",
    "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_FLUSH_INTERVAL": "1",
    "PREFECT_SERVER_SERVICES_EVENT_PERSISTER_BATCH_SIZE": "200",
    "PREFECT_SERVER_SERVICES_EVENT_PERSISTER_READ_BATCH_SIZE": "200",
    "PREFECT_SERVER_DATABASE_TIMEOUT": "60",
    "PREFECT_SERVER_DATABASE_CONNECTION_TIMEOUT": "60",
}

# Nothing is sent anywhere unless asked for.
QUIET = {
    "DO_NOT_TRACK": "1",
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "PREFECT_SERVER_UI_SHOW_PROMOTIONAL_CONTENT": "false",
    "PREFECT_TELEMETRY_ENABLE_RESOURCE_METRICS": "false",
    "WANDB_ERROR_REPORTING": "false",
}


def api_url(port: int) -> str:
    """The address of a server's API on this machine."""
    return f"http://127.0.0.1:{port}/api"


def prefect_environment(home: Path, port: int) -> dict[str, str]:
    """All that a server on this port, and everybody who talks to it, needs to know.

    The UI asks the browser to call the address that the server was told, so host and port stand here, not on a
    command line.
    """
    return {
        **TUNED,
        **QUIET,
        "PREFECT_HOME": str(home),
        "PREFECT_API_URL": api_url(port),
        "PREFECT_SERVER_API_HOST": "127.0.0.1",
        "PREFECT_SERVER_API_PORT": str(port),
        "PREFECT_RUNNER_POLL_FREQUENCY": "2",
        "PREFECT_LOGGING_TO_API_WHEN_MISSING_FLOW": "ignore",
    }


def prepare(home: Path, port: int) -> None:
    """Set it for this process and those it starts; what the user has set is left as it is."""
    home.mkdir(parents=True, exist_ok=True)
    for name, value in prefect_environment(home, port).items():
        os.environ.setdefault(name, value)
