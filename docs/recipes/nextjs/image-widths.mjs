// In pixels; at most eight, which one call makes.
export default [320, 640, 960, 1280, 1920, 2560];
