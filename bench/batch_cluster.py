"""A Ray cluster on this machine, some of whose nodes die."""

from __future__ import annotations

import os
import random
import secrets
import signal
from pathlib import Path


class Cluster:
    """A Ray cluster on this machine: a head that works on nothing, two nodes of one processor."""

    def __init__(self, folder: Path) -> None:
        token = folder / "ray-token"
        token.write_text(secrets.token_hex(32), encoding="ascii")
        os.environ |= {"RAY_AUTH_MODE": "token", "RAY_AUTH_TOKEN_PATH": str(token)}
        os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
        from ray.cluster_utils import Cluster as RayCluster

        self._cluster = RayCluster(initialize_head=True, head_node_args={"num_cpus": 0})
        self._nodes = [self._cluster.add_node(num_cpus=1) for _ in range(2)]
        self.address = str(self._cluster.address)

    def kill_a_node(self, rng: random.Random) -> None:
        """Its workers end with it; another node comes in its place."""
        node = self._nodes.pop(rng.randrange(2))
        os.kill(node.all_processes["raylet"][0].process.pid, signal.SIGKILL)
        self._nodes.append(self._cluster.add_node(num_cpus=1))

    def __enter__(self) -> Cluster:
        return self

    def __exit__(self, *_: object) -> None:
        self._cluster.shutdown()
