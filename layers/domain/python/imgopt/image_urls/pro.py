"""Options of imgproxy Pro, by each of their names. URLs with one are refused with a message that says so."""

PRO_OPTIONS = frozenset(
    {
        *("resizing_algorithm", "ra", "crop_aspect_ratio", "crop_ar", "car", "objects_position", "obj_pos", "op"),
        *("crop_objects", "c_obj", "blur_detections", "bd", "draw_detections", "dd", "blur_area", "ba"),
        *("progressive_blur", "pbl", "background_alpha", "bga", "adjust", "a", "brightness", "br", "contrast", "co"),
        *("saturation", "sa", "monochrome", "mc", "duotone", "dt", "colorize", "col", "gradient", "gr"),
        *("unsharp_masking", "unsharpening", "ush", "watermark_url", "wmu", "watermark_text", "wmt"),
        *("watermark_size", "wms", "watermark_rotate", "wm_rot", "wmr", "watermark_shadow", "wmsh", "style", "st"),
        *("dpi", "color_profile", "cp", "icc", "autoquality", "aq", "jpeg_options", "jpgo", "png_options", "pngo"),
        *("webp_options", "webpo", "avif_options", "avifo", "jxl_options", "jxlo", "page", "pg", "pages", "pgs"),
        *("disable_animation", "da", "video_thumbnail_second", "vts", "video_thumbnail_keyframes", "vtk"),
        *("video_thumbnail_tile", "vtt", "video_thumbnail_animation", "vta", "fallback_image_url", "fiu"),
        *("hashsum", "hs"),
    }
)
