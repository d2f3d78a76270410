"""``cluster-video train``: train networks."""

import click

from clusterer.cli.group import Group
from clusterer.cli.train.clothing import clothing
from clusterer.cli.train.face import face

__all__ = ["train"]


@click.group(cls=Group, no_args_is_help=True)
@click.help_option("-h", "--help", help="Show this and exit.")
def train() -> None:
    """Train networks on your pictures. Needs the extra [train]."""


train.add_command(clothing)
train.add_command(face)
