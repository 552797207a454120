"""The headers that CloudFront adds to requests: the secret, the client's address, and those that images depend on."""

from pathlib import Path

# The header that the service's setting names. functions/api/origin_secret.py checks it.
SECRET_HEADER, ADDRESS_HEADER = "Imgopt-Origin-Secret", "Imgopt-Client-Address"
ADDRESS_FUNCTION = Path(__file__).parent / "client_address.js"
IMAGE_FUNCTION = Path(__file__).parent / "image_request.js"
# The headers that an image depends on besides its URL. The function above reduces each to a few values.
NORMALIZED_HEADERS = ("Accept", "Sec-CH-DPR", "Sec-CH-Width", "Save-Data")
# The versions of the secret that the API accepts: the one that CloudFront sends, and the previous one.
SENT, TAKEN_TOO = "current", "previous"
