"""`make bench`: every benchmark, its limits, and exit code 1 if one is missed."""

from __future__ import annotations

import sys

from tests.bench import (
    bench_compare,
    bench_methods,
    bench_pages,
    bench_pipeline,
    bench_selection,
    bench_views,
)


def main() -> int:
    results = {
        "views": bench_views.main(),
        "pages": bench_pages.main(),
        "pipeline": bench_pipeline.main(),
        "selection": bench_selection.main(),
        "compare": bench_compare.main(),
        "methods": bench_methods.main(),
    }
    for name, good in results.items():
        print(f"{name}: {'all limits kept' if good else 'A LIMIT WAS MISSED'}")
    return 0 if all(results.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
