"""What an answer cost: queries, their time, the processor time of the thread. Told in its headers."""

import time
from collections.abc import Callable
from typing import Any

from django.db import connection
from django.http import HttpRequest, HttpResponse


class Counted:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        spent: list[tuple[float, str]] = []

        def count(execute: Any, sql: Any, params: Any, many: bool, context: Any) -> Any:
            began = time.perf_counter()
            try:
                return execute(sql, params, many, context)
            finally:
                spent.append((time.perf_counter() - began, str(sql)))

        began, used = time.perf_counter(), time.thread_time()
        with connection.execute_wrapper(count):
            response = self.get_response(request)
        slowest = max(spent, default=(0.0, ""))
        response["X-Bench-Ms"] = f"{(time.perf_counter() - began) * 1000:.2f}"
        response["X-Bench-Cpu-Ms"] = f"{(time.thread_time() - used) * 1000:.2f}"
        response["X-Bench-Queries"] = str(len(spent))
        response["X-Bench-Sql-Ms"] = f"{sum(one for one, _ in spent) * 1000:.2f}"
        response["X-Bench-Slowest-Ms"] = f"{slowest[0] * 1000:.2f}"
        return response
