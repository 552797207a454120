require "base64"
require "openssl"

# Addresses of images by URL, without a gem.
module ImageUrlsHelper
  SERVER = ENV.fetch("IMGOPT_SERVER")
  # As the service has them, in hexadecimal digits; of several, the first.
  KEY, SALT = %w[IMGOPT_URL_KEYS IMGOPT_URL_SALTS].map { |name| [ENV.fetch(name)[/\A\h+/]].pack("H*") }

  # signed_image_url("s3://media/cat.jpg", "rs:fill:300:200", "q:70")
  def signed_image_url(source, *options)
    path = ["", *options, Base64.urlsafe_encode64(source, padding: false)].join("/")
    signature = OpenSSL::HMAC.digest("SHA256", KEY, SALT + path)
    "#{SERVER}/img/#{Base64.urlsafe_encode64(signature, padding: false)}#{path}"
  end

  # An <img> whose srcset has these widths. All else is as image_tag has it.
  def signed_image_tag(source, *options, widths:, **attributes)
    addresses = widths.to_h { |width| [signed_image_url(source, *options, "w:#{width}"), "#{width}w"] }
    image_tag(addresses.keys.last, srcset: addresses, **attributes)
  end
end
