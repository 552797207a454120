"""Whether the model that describes images can be asked."""

from typing import Any

from cdk.account.aws import AwsAccount, NotThere, Unanswered
from cdk.account.installation import Installation
from cdk.account.model import Finding, missing, ok, unknown
from cdk.constructs.bedrock import model_of
from cdk.context import ModelChoice

OTHERWISE = '-c settings=\'{"IMGOPT_TAGGING_MODEL_ID": "..."}\', or IMGOPT_TAGGING_REGION, or IMGOPT_TAGGER none'
NOT_TOLD = "not told"
GOOD = {"authorizationStatus": "AUTHORIZED", "entitlementAvailability": "AVAILABLE", "regionAvailability": "AVAILABLE"}


def is_asked(installation: Installation) -> bool:
    return installation.model.tagger == "bedrock"


def has_profile(installation: Installation) -> bool:
    """Whether models are asked by a profile, which may lead to other regions."""
    name = installation.model.name
    return is_asked(installation) and ("inference-profile/" in name or model_of(name) != name.rpartition("/")[2])


def has_model(installation: Installation) -> bool:
    """Whether it is one of Bedrock's own, and not somebody's copy."""
    name = installation.model.name
    own = not name.startswith("arn:") or "foundation-model/" in name or "inference-profile/" in name
    return is_asked(installation) and own


def profile(account: AwsAccount, installation: Installation) -> Finding:
    model = installation.model
    try:
        ask_profile(account, model)
    except NotThere:
        return missing(f"{model.name} is not known in {model.region}", models_of(model), OTHERWISE)
    return ok(f"{model.name} can be called from {model.region}")


def lifecycle(account: AwsAccount, installation: Installation) -> Finding:
    model = installation.model
    if not model.name:
        return missing(f"none is known that describes images in {model.region}; name another", OTHERWISE)
    try:
        name = behind(account, model)
        known = account.ask("bedrock", "get_foundation_model", region=model.region, modelIdentifier=name)
    except NotThere:
        return not_known(installation)
    details = known.get("modelDetails", {})
    status = details.get("modelLifecycle", {}).get("status", NOT_TOLD)
    if status == "LEGACY":
        said = f"{name} is legacy: accounts that don't use it yet can't begin to"
        return missing(said, models_of(model), OTHERWISE)
    if "IMAGE" not in details.get("inputModalities", ["IMAGE"]):
        return missing(f"{name} takes no images", models_of(model), OTHERWISE)
    return ok(f"{name} is active") if status == "ACTIVE" else unknown(f"the state of {name} is {status}")


def access(account: AwsAccount, installation: Installation) -> Finding:
    model = installation.model
    try:
        name = behind(account, model)
        found = account.ask("bedrock", "get_foundation_model_availability", region=model.region, modelId=name)
    except NotThere:
        return not_known(installation)
    known = {key: found.get(key, NOT_TOLD) for key in GOOD}
    if not name.startswith("amazon."):  # those of others are sold by an agreement
        known["agreement"] = found.get("agreementAvailability", {}).get("status", NOT_TOLD)
    bad = {key: value for key, value in known.items() if value != GOOD.get(key, "AVAILABLE")}
    if not bad:
        return ok(f"this account may ask {name}")
    said = f"of {name}, {', '.join(f'{key} is {value}' for key, value in bad.items())}"
    if NOT_TOLD in bad.values():
        return unknown(said)
    return missing(f"{said}; ask it something in the catalog, which accepts what there is", catalog(account, model))


def not_known(installation: Installation) -> Finding:
    """Where a profile leads to other regions, this one may not tell of the model."""
    model = installation.model
    said = f"{model_of(model.name)} is not known in {model.region}"
    return unknown(said) if has_profile(installation) else missing(said, models_of(model), OTHERWISE)


def behind(account: AwsAccount, model: ModelChoice) -> str:
    """Which model is behind a profile of one's own, Bedrock knows; others are called by it."""
    if ":application-inference-profile/" not in model.name:
        return model_of(model.name)
    for each in ask_profile(account, model).get("models", []):
        return model_of(each["modelArn"])
    raise Unanswered(f"could not look: bedrock:GetInferenceProfile tells no model behind {model.name}")


def ask_profile(account: AwsAccount, model: ModelChoice) -> dict[str, Any]:
    identifier = model.name if "application" in model.name else model.name.rpartition("/")[2]
    return account.ask("bedrock", "get_inference_profile", region=model.region, inferenceProfileIdentifier=identifier)


def models_of(model: ModelChoice) -> str:
    """The command that lists what could be asked instead."""
    wanted = "--by-input-modality IMAGE --by-output-modality TEXT"
    return f"aws bedrock list-foundation-models {wanted} --region {model.region}"


def catalog(account: AwsAccount, model: ModelChoice) -> str:
    host = {"aws-us-gov": "console.amazonaws-us-gov.com"}.get(account.partition, "console.aws.amazon.com")
    return f"https://{model.region}.{host}/bedrock/home?region={model.region}#/model-catalog"
