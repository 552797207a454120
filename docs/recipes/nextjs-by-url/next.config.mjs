import widths from "./image-widths.mjs";

export default {
  images: { loader: "custom", loaderFile: "./image-loader.js", deviceSizes: widths, imageSizes: [] },
};
