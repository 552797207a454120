// In pixels: one preset of the server's for each.
export default [320, 640, 960, 1280, 1920];
