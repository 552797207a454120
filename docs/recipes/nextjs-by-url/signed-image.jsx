import "server-only";
import { getImageProps } from "next/image";
import signedAddress from "./signed-address.mjs";

/** The key is on the server, and nowhere else. */
export default function SignedImage({ options, ...image }) {
  const loader = ({ src, width }) => signedAddress(src, options, `w:${width}`);
  return <img {...getImageProps({ ...image, loader }).props} />;
}
