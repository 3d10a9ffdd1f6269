"""dlt's stage, under dlt's own Python: customers from the same API into SQLite, merged by id, incremental by stamp."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

from tests.bench.measuring import Done, Measured, measure


def load(order: dict[str, Any]) -> Measured:
    """One run of the pipeline that lives in the order's directory."""
    import dlt  # type: ignore[import-not-found]  # noqa: PLC0415 - in dlt's environment alone
    from dlt.sources.rest_api import rest_api_source  # type: ignore[import-not-found]  # noqa: PLC0415 - same

    place = Path(order["directory"]) / "dlt"
    pipeline = dlt.pipeline(
        "bench",
        pipelines_dir=str(place),
        destination=dlt.destinations.sqlalchemy(f"sqlite:///{place}.db"),
        dataset_name="main",
    )

    def work() -> Done:
        pipeline.run(rest_api_source(_source(order)))
        return Done(0)

    return measure(work)


def _source(order: dict[str, Any]) -> dict[str, Any]:
    pages = {"type": "page_number", "base_page": 1, "page_param": "$page", "total_path": "Meta.TotalNumberOfPages"}
    auth = {"type": "bearer", "token": order["token"]}
    endpoint = {
        "path": "customers",
        "data_selector": "Data",
        "params": {"$pagesize": 1000, "$filter": "ChangedUtc ge {incremental.start_value}"},
        "incremental": {"cursor_path": "ChangedUtc", "initial_value": "2000-01-01T00:00:00.00Z"},
    }
    customers = {"name": "customers", "primary_key": "Id", "write_disposition": "merge", "endpoint": endpoint}
    client = {"base_url": f"{order['url']}v2/", "auth": auth, "paginator": pages}
    return {"client": client, "resources": [customers]}


if __name__ == "__main__":
    told = asdict(load(json.load(sys.stdin)))
    sys.stdout.write("\n" + json.dumps(told))
