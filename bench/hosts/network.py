"""Machines without machines: a network namespace each, with an address of its own on one switch. Needs root on Linux."""

import os
import shutil
import subprocess

from processes import Failure, Where

NET, SWITCH = "10.231.77", "vaxsw0"


class Network:
    """``names`` in the order of their addresses; a machine's link can be cut and mended."""

    def __init__(self, names: list[str]):
        self._ip_program = shutil.which("ip") or ""
        if os.geteuid() or not self._ip_program:
            raise Failure("make hosts needs root and the program ip (apt-get install iproute2)")
        self.names = names
        self.remove()
        try:
            self._build()
        except subprocess.CalledProcessError as error:
            self.remove()
            raise Failure(f"no network namespaces here: {error.stderr.decode().strip()}") from error

    def where(self, name: str) -> Where:
        """Its address, and how to start a program on it."""
        return Where(
            f"{NET}.{10 + self.names.index(name)}", (self._ip_program, "netns", "exec", f"vax-{name}")
        )

    def cut(self, name: str) -> None:
        """Pull the plug: what is sent to it or by it is lost, and nobody is told."""
        self._ip("link", "set", self._plug(name), "down")

    def mend(self, name: str) -> None:
        """Put the plug back."""
        self._ip("link", "set", self._plug(name), "up")

    def remove(self) -> None:
        """Also what an earlier run has left."""
        for name in self.names:
            self._ip("netns", "del", f"vax-{name}", check=False)
        self._ip("link", "del", SWITCH, check=False)

    def _build(self) -> None:
        self._ip("link", "add", SWITCH, "type", "bridge")
        self._ip("addr", "add", f"{NET}.1/24", "dev", SWITCH)
        self._ip("link", "set", SWITCH, "up")
        for name in self.names:
            machine, plug = f"vax-{name}", self._plug(name)
            self._ip("netns", "add", machine)
            self._ip("link", "add", plug, "type", "veth", "peer", "name", "eth0", "netns", machine)
            self._ip("link", "set", plug, "master", SWITCH, "up")
            self._ip("-n", machine, "addr", "add", f"{self.where(name).address}/24", "dev", "eth0")
            for link in ("lo", "eth0"):
                self._ip("-n", machine, "link", "set", link, "up")

    def _plug(self, name: str) -> str:
        return f"vaxp{self.names.index(name)}"

    def _ip(self, *arguments: str, check: bool = True) -> None:
        subprocess.run([self._ip_program, *arguments], check=check, capture_output=True)
