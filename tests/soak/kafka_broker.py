"""The in-memory broker of librdkafka as a process: ``python -m tests.soak.kafka_broker FILE``.

It speaks the protocol of Kafka, and keeps the newest 5 MB of each topic. It runs until it is
killed. FILE gets its address.
"""

from __future__ import annotations

import signal
import sys
from importlib import import_module
from pathlib import Path


def main() -> None:
    """Start the broker, write its address, and wait."""
    # A package that only this program needs, beside those of the repository.
    library = import_module("confluent_kafka")
    producer = library.Producer({"test.mock.num.brokers": 1, "bootstrap.servers": "unused"})
    (broker,) = producer.list_topics(timeout=60).brokers.values()
    Path(sys.argv[1]).write_text(f"{broker.host}:{broker.port}", encoding="utf-8")
    signal.pause()


if __name__ == "__main__":
    main()
