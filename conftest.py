"""Loaded by every suite, of services and libraries too."""

from __future__ import annotations

from no_network import refuse_network

refuse_network()
