"""Sources and variants of image URLs: each variant is made once and stored."""
