"""The site's addresses, and beside them the API's lists as they are commonly written."""

from console.urls import handler400, handler500
from console.urls import urlpatterns as shipped
from tests.bench.stock_api import urlpatterns as stock

__all__ = ["handler400", "handler500", "urlpatterns"]

urlpatterns = [*shipped, *stock]
