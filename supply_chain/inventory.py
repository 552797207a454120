"""All third-party components of the project."""

from packageurl import PackageURL

from supply_chain import npm
from supply_chain.components import Component, Digest, Place
from supply_chain.container import container
from supply_chain.networks import networks
from supply_chain.python import packages


def inventory() -> list[Component]:
    return [*packages(), *node_packages(), *networks(), *container()]


def node_packages() -> list[Component]:
    """The npm packages of all locks, without duplicates."""
    found = {package: None for folder in npm.NPM_FOLDERS for package in npm.locked(folder)}
    return [_node_package(package) for package in found]


def _node_package(package: npm.Package) -> Component:
    namespace, _, name = package.name.rpartition("/")
    return Component(
        package.name,
        package.version,
        frozenset({Place.DEVELOPMENT}),
        purl=PackageURL("npm", namespace, name, package.version).to_string(),
        licence=package.licence,
        digests=(Digest("SHA-512", package.sha512),),
    )
