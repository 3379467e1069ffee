"""Writes pixi.lock with rattler, the library that pixi itself solves and locks with: pixi_lock.py CHANNEL-URL WHEEL-URL OUTPUT.

The environment `plot` stands for the extra. rattler's Python interface takes no hash for a wheel.
"""

import asyncio
import sys

from rattler import Channel, LockChannel, LockFile, LockPlatform, solve

ENVIRONMENTS = {
    "default": ["python ==3.11.7", "scikit-learn ==1.5.2", "numpy ==1.26.4", "pandas ==2.2.3"],
    "plot": ["python ==3.11.7", "scikit-learn ==1.5.2", "numpy ==1.26.4", "pandas ==2.2.3", "cycler ==0.12.1"],
}


async def main() -> None:
    channel, wheel, output = sys.argv[1:]
    platforms = [LockPlatform("linux-64"), LockPlatform("win-64")]
    lock = LockFile(platforms)
    for environment, specifications in ENVIRONMENTS.items():
        lock.set_channels(environment, [LockChannel(channel)])
        for platform in platforms:
            wanted = specifications + (["colorama ==0.4.6"] if platform.name == "win-64" else [])
            for record in await solve([Channel(channel)], wanted, platforms=[platform.name]):
                lock.add_conda_package(environment, platform, record)
            lock.add_pypi_package(environment, platform, "humanize", "4.11.0", wheel)
    lock.to_path(output)


asyncio.run(main())
