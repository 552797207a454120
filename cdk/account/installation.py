"""The properties of an installation that the checks need."""

from collections.abc import Mapping
from dataclasses import dataclass

from cdk.constructs.gpu_options import GpuOptions, options_of
from cdk.context import ModelChoice, check, is_on, memory_of, model_choice, name_of
from cdk.edge_options import has_edge

QUALIFIER_KEY, QUALIFIER = "@aws-cdk/core:bootstrapQualifier", "hnb659fds"
USERS, GPUS, ALARMS, EDGE_STACKS = ("Auth",), ("Network", "Gpu"), ("Monitoring",), ("Edge",)


@dataclass(frozen=True)
class Installation:
    """An installation. `memory` is in MB, by the key of the context. `gpu` is None without GPUs."""

    name: str
    model: ModelChoice
    memory: Mapping[str, int]
    gpu: GpuOptions | None
    sets_log_role: bool
    has_issuer: bool
    has_alarms: bool = False
    has_edge: bool = False
    qualifier: str = QUALIFIER

    @property
    def stacks(self) -> tuple[str, ...]:
        users, gpus = () if self.has_issuer else USERS, GPUS if self.gpu else ()
        alarms = ALARMS if self.has_alarms else ()
        edge = EDGE_STACKS if self.has_edge else ()
        return self._named(("Data", *users, "Pipeline", *gpus, "Api", *edge, "Schedules", *alarms))

    @property
    def unused_stacks(self) -> tuple[str, ...]:
        """The stacks that other context would have, in the order in which they can be deleted."""
        alarms, gpus = () if self.has_alarms else ALARMS, () if self.gpu else tuple(reversed(GPUS))
        return self._named((*alarms, *gpus, *(USERS if self.has_issuer else ())))

    def _named(self, parts: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(self.name + part for part in parts)


def installation_of(context: Mapping[str, object], region: str) -> Installation:
    """The installation of a context. Raises ValueError if the context is not valid."""
    # These imports start Node, which nothing else in this package needs.
    import aws_cdk as cdk

    from cdk.constructs.stages import PIXELS_MB, UPSCALE_MB
    from cdk.constructs.upscales import has_gpu
    from cdk.stacks.auth import has_issuer

    app = cdk.App(context=dict(context))
    check(app, "")
    return Installation(
        name=name_of(app),
        model=model_choice(app, region),
        memory={
            "optimize_mb": memory_of(app, "optimize_mb", PIXELS_MB),
            "upscale_mb": memory_of(app, "upscale_mb", UPSCALE_MB),
        },
        gpu=options_of(app) if has_gpu(app) else None,
        sets_log_role=is_on(app, "log_role", default=True),
        has_issuer=has_issuer(app),
        has_edge=has_edge(app),
        has_alarms=is_on(app, "monitoring", default=True),
        qualifier=str(app.node.try_get_context(QUALIFIER_KEY) or QUALIFIER),
    )
