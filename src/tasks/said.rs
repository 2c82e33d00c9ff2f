//! A style as a rule set writes it.

use super::style::{Align, Color, Style, color_names};

impl Style {
    /// Every property with its value; `none` for what is not there.
    pub(crate) fn said(&self) -> [(&'static str, String); 14] {
        let pixels = |number: f64| format!("{number}px");
        let perhaps = |given: Option<Color>| given.map_or_else(|| "none".into(), color);
        let align = match self.align {
            Some(Align::Left) => "left",
            Some(Align::Center) => "center",
            Some(Align::Right) => "right",
            None => "none",
        };
        [
            ("font", quoted(&self.font)),
            ("size", pixels(self.size)),
            ("bold", self.bold.to_string()),
            ("color", color(self.color)),
            ("outline", pixels(self.outline)),
            ("outline_color", color(self.outline_color)),
            ("shadow", pixels(self.shadow)),
            ("shadow_color", color(self.shadow_color)),
            ("box", perhaps(self.background)),
            ("padding", pixels(self.padding)),
            ("radius", pixels(self.radius)),
            ("highlight_color", perhaps(self.highlight_color)),
            ("align", align.into()),
            ("animate", self.animate.word().into()),
        ]
    }
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n"))
}

/// `white`, `#ffcc00`, `black 60%`.
fn color(color: Color) -> String {
    let opaque = Color { opacity: 255, ..color };
    let known = color_names().find(|name| Color::parse(name) == Some(opaque));
    let base = known.map_or_else(|| opaque.to_string(), str::to_owned);
    if color.opacity == 255 {
        return base;
    }
    let percent = f64::from(color.opacity) / 255.0 * 100.0;
    // As few digits as lead back to the same opacity.
    let written = (0..=2).map(|digits| format!("{percent:.digits$}")).find(|written| {
        let share = written.parse::<f64>().unwrap_or_default() / 100.0;
        opaque.with_opacity(share) == color
    });
    format!("{base} {}%", written.unwrap_or_else(|| percent.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tasks::STYLE;

    #[test]
    fn every_property_is_said() {
        let said = Style::default().said().map(|(name, _)| name);
        assert!(STYLE.iter().all(|property| said.contains(&property.name)), "{said:?}");
        assert_eq!(said.len(), STYLE.len());
    }

    #[test]
    fn every_opacity_is_written_so_that_it_comes_back() {
        for opacity in 0..=255 {
            let given = Color { red: 1, green: 2, blue: 3, opacity };
            let text = color(given);
            let (base, share) = text.split_once(' ').unwrap_or((&text, "100%"));
            let share: f64 = share.trim_end_matches('%').parse().unwrap();
            assert_eq!(Color::parse(base).map(|color| color.with_opacity(share / 100.0)), Some(given), "{text}");
        }
    }
}
