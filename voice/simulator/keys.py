"""Typed places in the application where its parts are found."""

from aiohttp import web

from voice.simulator.state import Simulator

SIMULATOR: web.AppKey[Simulator] = web.AppKey("simulator", Simulator)


def simulator_of(request: web.Request) -> Simulator:
    return request.app[SIMULATOR]
