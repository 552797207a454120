"""Images by URL: who may ask for them, from where, and options by a name."""

from pydantic import BaseModel, Field

from imgopt.setting_types import CasedStrings, NamedTexts


class ImageUrlSettings(BaseModel):
    """Named like imgproxy's, whose meaning they have."""

    presets: NamedTexts = Field(
        "", validate_default=True, description="Options by a name, as imgproxy has them: thumb=rs:fill:300:200/q:70."
    )
    url_keys: str = Field("", repr=False, description="Keys that image URLs are signed by, in hexadecimal digits.")
    url_salts: str = Field("", repr=False, description="The salt of each.")
    url_trusted_signatures: str = Field("", repr=False, description="Texts that are taken for a signature.")
    url_secret_arn: str = Field(
        "",
        description='All in Secrets Manager instead: {"keys": "...", "salts": "...", "trusted_signatures": "..."}.',
    )
    url_signature_size: int = Field(32, ge=1, le=32, description="Bytes of a signature.")
    url_unsigned_presets: CasedStrings = Field(
        "", validate_default=True, description="Presets that may be asked for without a signature."
    )
    url_only_presets: bool = Field(False, description="Whether image URLs have names of presets and no options.")
    url_arguments_separator: str = Field(
        ":", pattern=r"^[^\w\s/?%#.@-]{1,4}$", description="What stands between an option and its arguments."
    )
    url_allowed_options: CasedStrings = Field(
        "", validate_default=True, description="Options that URLs may have outside of presets; empty for all."
    )
    url_allow_security_options: bool = Field(False, description="Whether URLs may change limits.")
    url_allowed_sources: CasedStrings = Field(
        "",
        validate_default=True,
        description="Where images may come from: https://*.example.com/,s3://bucket/; empty for all public hosts.",
    )
    url_base: str = Field("", description="What stands before each source that does not begin with it.")
    url_replacements: str = Field(
        "", description="Short forms of sources, and what they stand for: mys3://=s3://bucket/images/."
    )
    url_base64_filename: bool = Field(
        False, description="Whether the last part behind a source in base64 is a file's name, and not of the source."
    )
