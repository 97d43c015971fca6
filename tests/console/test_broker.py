"""What Celery asks of Redis after the connection is gone."""

import kombu
import pytest

from console.settings import CELERY_BROKER_URL


@pytest.mark.parametrize("end", ["channel", "connection", "half"])
def test_a_task_that_ends_after_its_connection_meets_a_lost_connection(end):
    connection = kombu.Connection(CELERY_BROKER_URL)
    errors, channel = connection.connection_errors, connection.channel()
    # Closed by itself, with its connection, and where closing the connection broke off before it.
    {
        "channel": channel.close,
        "connection": connection.close,
        "half": connection._do_close_transport,
    }[end]()
    with pytest.raises(errors):
        channel.basic_ack("tag")
