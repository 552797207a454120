"""Settings of image URLs: signatures, allowed sources, and presets."""

from pydantic import BaseModel, Field

from imgopt.setting_types import CasedStrings, NamedTexts


class ImageUrlSettings(BaseModel):
    """The settings have the names and the meaning of imgproxy's."""

    presets: NamedTexts = Field(
        "",
        validate_default=True,
        description=(
            "Named options for `/img` and for `preset` of `/auto`, such as "
            "`thumb=rs:fill:300:300,web=w:1600/target:high` ([presets](../images-by-url.md))."
        ),
    )
    url_keys: str = Field(
        "",
        repr=False,
        description=(
            "Keys that sign image URLs, in hexadecimal, at least 16 bytes each. While a new one replaces an "
            "old one, write both, separated by a comma."
        ),
    )
    url_salts: str = Field(
        "",
        repr=False,
        description=("Salts of the keys in `IMGOPT_URL_KEYS`, in hexadecimal and in the same order."),
    )
    url_trusted_signatures: str = Field(
        "",
        repr=False,
        description=(
            "Texts that are accepted in place of a signature, at least 16 characters each, separated by commas."
        ),
    )
    url_secret_arn: str = Field(
        "",
        description=(
            "ARN of the secret in Secrets Manager that holds keys, salts and trusted signatures of image "
            'URLs; required on AWS: `{"keys": "...", "salts": "...", "trusted_signatures": "..."}`.'
        ),
    )
    url_signature_size: int = Field(32, ge=1, le=32, description="Length of the signature of an image URL, in bytes.")
    url_unsigned_presets: CasedStrings = Field(
        "",
        validate_default=True,
        description=(
            "Presets that an image URL may use without a signature, one per URL. Requires `IMGOPT_URL_ALLOWED_SOURCES`."
        ),
    )
    url_only_presets: bool = Field(
        False, description="Whether image URLs may only contain names of presets, and no options."
    )
    url_arguments_separator: str = Field(
        ":",
        pattern=r"^[^\w\s/?%#.@-]{1,4}$",
        description="Text between an option and its arguments, in image URLs and in presets.",
    )
    url_allowed_options: CasedStrings = Field(
        "",
        validate_default=True,
        description=("Options that image URLs may have outside of presets, by any of their names; empty allows all."),
    )
    url_allow_security_options: bool = Field(
        False, description="Whether image URLs may contain options that change limits."
    )
    url_allowed_sources: CasedStrings = Field(
        "",
        validate_default=True,
        description=(
            "Sources that image URLs may name, such as `https://*.example.com/,s3://bucket/`; empty allows all public"
            " hosts."
        ),
    )
    url_base: str = Field(
        "",
        description=(
            "Text that is put before each source of an image URL that does not begin with it. It must have a "
            "slash behind its host."
        ),
    )
    url_replacements: str = Field(
        "",
        description=("Short forms of sources in image URLs, such as `mys3://*/=s3://bucket/${1}/`, separated by `;`."),
    )
    url_base64_filename: bool = Field(
        False,
        description=(
            "Whether the segment behind a base64 source in an image URL is a file name, and not part of the source."
        ),
    )
