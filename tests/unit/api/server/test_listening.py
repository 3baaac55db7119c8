from __future__ import annotations

import asyncio
import select
import socket

import click
import pytest

from api.server.listening import bind


def test_connections_have_no_delay() -> None:
    async def accepted() -> list[int]:
        found = []

        def on_connection(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            own = writer.get_extra_info("socket")
            found.append(own.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
            writer.close()

        listener = bind("127.0.0.1", 0)
        async with await asyncio.start_server(on_connection, sock=listener):
            reader, writer = await asyncio.open_connection(*listener.getsockname())
            await reader.read()
            writer.close()
            await writer.wait_closed()
        return found

    (delay_is_off,) = asyncio.run(accepted())
    assert delay_is_off


def test_the_error_names_a_port_that_is_in_use() -> None:
    with bind("127.0.0.1", 0) as first:
        port = first.getsockname()[1]
        with pytest.raises(click.ClickException, match=f"Cannot listen at port {port}"):
            bind("127.0.0.1", port)
        with pytest.raises(click.ClickException, match="Cannot listen"):
            bind("127.0.0.1", port, shared=True)


@pytest.mark.parametrize("host", ["no such host", "999.1.1.1", "203.0.113.5"])
def test_the_error_names_an_address_that_is_not_of_this_machine(host: str) -> None:
    with pytest.raises(click.ClickException, match=f"Cannot listen at {host}: .* --host"):
        bind(host, 0)


def test_sockets_that_share_a_port_share_the_connections() -> None:
    with bind("127.0.0.1", 0, shared=True) as one:
        address = one.getsockname()
        with bind(*address, shared=True) as two:
            taken = {one: 0, two: 0}
            for _ in range(64):
                with socket.create_connection(address):
                    (listener,) = select.select(list(taken), [], [], 5)[0]
                    listener.accept()[0].close()
                    taken[listener] += 1
            assert min(taken.values()) > 0
