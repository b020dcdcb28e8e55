"""Gradio's own controls in the page's colours. The colours themselves, light and dark, stand in palette.css."""

from __future__ import annotations

import gradio as gr

# Faces that come with the system: nothing is loaded.
TEXT = ("system-ui", "-apple-system", "Segoe UI", "Roboto", "Noto Sans", "sans-serif")
MONO = ("ui-monospace", "Menlo", "Consolas", "monospace")

COLOURS = {
    "body_background_fill": "var(--paper)",
    "body_text_color": "var(--ink)",
    "body_text_color_subdued": "var(--faint)",
    "background_fill_primary": "var(--paper)",
    "background_fill_secondary": "var(--leaf)",
    "block_background_fill": "transparent",
    "block_border_color": "var(--rule)",
    "block_label_background_fill": "transparent",
    "block_label_text_color": "var(--faint)",
    "block_title_text_color": "var(--faint)",
    "border_color_primary": "var(--rule)",
    "border_color_accent": "var(--accent)",
    "color_accent_soft": "var(--tint)",
    "input_background_fill": "var(--leaf)",
    "input_border_color": "var(--rule-strong)",
    "input_border_color_focus": "var(--accent)",
    "input_placeholder_color": "var(--faint)",
    "link_text_color": "var(--accent)",
    "link_text_color_hover": "var(--accent)",
    "button_primary_background_fill": "var(--accent)",
    "button_primary_background_fill_hover": "var(--accent-deep)",
    "button_primary_border_color": "var(--accent)",
    "button_primary_text_color": "var(--on-accent)",
    "button_secondary_background_fill": "transparent",
    "button_secondary_background_fill_hover": "var(--tint)",
    "button_secondary_border_color": "var(--rule-strong)",
    "button_secondary_text_color": "var(--ink)",
    "button_cancel_background_fill": "var(--alarm)",
    "button_cancel_background_fill_hover": "var(--alarm)",
    "button_cancel_border_color": "var(--alarm)",
    "button_cancel_text_color": "var(--on-accent)",
}


# In rem, not in Gradio's pixels: a reader can set the size of text.
SIZES = gr.themes.Size(
    name="text_rem",
    xxs="0.5625rem",
    xs="0.625rem",
    sm="0.75rem",
    md="0.875rem",
    lg="1rem",
    xl="1.375rem",
    xxl="1.625rem",
)


def theme() -> gr.themes.Base:
    dark = {f"{name}_dark": colour for name, colour in COLOURS.items()}
    plain = gr.themes.Base(text_size=SIZES, font=TEXT, font_mono=MONO, radius_size=gr.themes.sizes.radius_sm)
    flat = {"block_shadow": "none", "block_border_width": "0px", "input_border_width": "1px"}
    return plain.set(**COLOURS, **dark, **flat, color_accent="var(--accent)")
