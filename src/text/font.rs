//! The fonts: those that ship with the program, and those of a folder that the user gave.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use harfrust::Font;
use harfrust::font::attribute::{Style as Slant, Weight};
use harfrust::font::name::NameId;
use harfrust::font::{Blob, Format};

use super::Layout;
use super::ass::{LETTER_FONT, needs_letter};
use crate::error::{Error, Result};
use crate::suggest;

macro_rules! shipped {
    ($($file:literal),+) => { &[$(($file, include_bytes!(concat!("../../fonts/", $file)))),+] };
}

/// The shipped files, families in the order in which a missing character is looked for. Emoji come before symbols,
/// which have plainer pictures of some of them.
static SHIPPED: &[(&str, &[u8])] = shipped![
    "NotoSans-Regular.ttf",
    "NotoSans-Bold.ttf",
    "NotoSansArabic-Regular.ttf",
    "NotoSansArabic-Bold.ttf",
    "NotoSansHebrew-Regular.ttf",
    "NotoSansHebrew-Bold.ttf",
    "NotoSansCJK-Bold.otf",
    "NotoEmoji.ttf",
    "NotoSansMath-Regular.ttf",
    "NotoSansSymbols-Regular.ttf",
    "NotoSansSymbols2-Regular.ttf"
];

/// The family of the shipped emoji.
const EMOJI: &str = "Noto Emoji";

/// From this weight on a face counts as bold, here and in libass (OS/2 `usWeightClass`).
const BOLD: Weight = Weight::SEMI_BOLD;

/// One face of a family: one font file, or one font of a collection.
pub(super) struct Face {
    /// The family by which libass finds it: name 1 of the name table.
    pub(super) family: Arc<str>,
    /// Whether it is the family's bold face.
    pub(super) bold: bool,
    /// The parsed font.
    pub(super) font: Font,
    /// Height above the baseline in ems, as libass counts it.
    pub(super) ascent: f64,
    /// Depth below the baseline in ems, as libass counts it.
    pub(super) descent: f64,
    /// Whether libass finds its characters above U+FFFF.
    beyond_bmp: bool,
    file: String,
    blob: Blob,
}

impl Face {
    fn new(file: &str, blob: Blob, index: u32) -> Option<Self> {
        let font = Font::new(blob.clone(), index)?;
        let family = font.names().get(NameId::FAMILY_NAME)?.english_or_first()?.name().to_string();
        let metrics = font.metrics();
        // libass sizes a font by OS/2's win metrics as GDI does, and by hhea's only where those are absent.
        let line = metrics.win_line.map(|line| (line.ascender, line.descender));
        let line = line.filter(|(ascender, descender)| ascender != descender);
        let line = line.or_else(|| metrics.hhea_line.map(|line| (line.ascender, line.descender)));
        let (ascender, descender) = line.or_else(|| metrics.typo_line.map(|line| (line.ascender, line.descender)))?;
        let em = f64::from(metrics.units_per_em);
        let attributes = font.default_attributes();
        let upright = attributes.style == Slant::Normal;
        let has_letters = font.charmap().has_unicode() && font.num_glyphs() > 0;
        (upright && has_letters && !family.trim().is_empty()).then(|| Self {
            family: family.into(),
            bold: attributes.weight >= BOLD,
            ascent: ascender.to_f64() / em,
            descent: -descender.to_f64() / em,
            beyond_bmp: reaches_beyond_bmp(&font),
            font: font.clone(),
            file: file.to_owned(),
            blob,
        })
    }

    /// Whether it has a picture for every character of `cluster` that needs one.
    pub(super) fn covers(&self, cluster: &str) -> bool {
        let charmap = self.font.charmap();
        let has = |letter: char| (letter <= '\u{ffff}' || self.beyond_bmp) && charmap.map_unicode(letter).is_some();
        cluster.chars().all(|letter| is_ignorable(letter) || has(letter))
    }

    /// How many ASS font-size units one em is: libass makes ascent plus descent as high as the size says.
    pub(super) fn units_per_em(&self) -> f64 {
        self.ascent + self.descent
    }
}

/// A face's place in its [`FontSet`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct FaceId(pub(super) usize);

/// The fonts that texts can be set in.
pub struct FontSet {
    faces: Vec<Face>,
}

/// A family that no font file has.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no font `{family}`")]
pub struct UnknownFont {
    /// The name that was asked for.
    pub family: String,
    /// The family with the most similar name.
    pub nearest: Option<String>,
    /// Every family that there is.
    pub families: Vec<String>,
}

impl FontSet {
    /// The fonts that ship with the program: Noto Sans (Latin, Greek, Cyrillic), Arabic, Hebrew,
    /// Chinese, Japanese and Korean, emoji and symbols.
    #[must_use]
    pub fn shipped() -> Self {
        let faces = SHIPPED.iter().filter_map(|(file, bytes)| Face::new(file, Blob::Static(bytes), 0));
        Self { faces: faces.collect() }
    }

    /// The shipped fonts and those of the `.ttf`, `.otf`, `.ttc` and `.otc` files in `folder`. A family of the folder
    /// takes the place of a shipped one of the same name. Slanted faces are left out: a style has no word for them.
    ///
    /// Fails where the folder or a file cannot be read, and where a file is not a font.
    pub fn with_folder(folder: &Path) -> Result<Self> {
        let unreadable = |path: &Path| {
            let path = path.to_path_buf();
            move |source| Error::Read { path, source }
        };
        let mut paths = Vec::new();
        for entry in fs::read_dir(folder).map_err(unreadable(folder))? {
            paths.push(entry.map_err(unreadable(folder))?.path());
        }
        // The order of a folder is the file system's business; ours must not depend on it.
        paths.sort();
        let mut own: Vec<Face> = Vec::new();
        for path in paths {
            let extension = path.extension().and_then(|extension| extension.to_str()).map(str::to_lowercase);
            match extension.as_deref() {
                Some("ttf" | "otf" | "ttc" | "otc") => own.extend(read(&path)?),
                Some("woff" | "woff2") => {
                    let reason = "web fonts are not read; convert it to .ttf or .otf".to_owned();
                    return Err(Error::Font { path, reason });
                }
                _ => {}
            }
        }
        let mut set = Self::shipped();
        set.faces.retain(|face| !own.iter().any(|other| same_family(&other.family, &face.family)));
        set.faces.extend(own);
        Ok(set)
    }

    /// The families, each once, in the order in which a missing character is looked for.
    #[must_use]
    pub fn families(&self) -> Vec<&str> {
        let mut families: Vec<&str> = Vec::new();
        for face in &self.faces {
            if !families.iter().any(|family| same_family(family, &face.family)) {
                families.push(&face.family);
            }
        }
        families
    }

    /// Whether there is a family of this name; upper and lower case are the same.
    ///
    /// Fails with the nearest name and all the others.
    pub fn check(&self, family: &str) -> std::result::Result<(), UnknownFont> {
        self.find(family, false).map(|_| ())
    }

    /// Whether any face has a picture of `letter`, or it needs none.
    #[must_use]
    pub fn draws(&self, letter: char) -> bool {
        self.faces.iter().any(|face| face.covers(letter.encode_utf8(&mut [0; 4])))
    }

    /// The face of `family`, the bold one if asked for and there; the only one if there is but one.
    pub(super) fn find(&self, family: &str, bold: bool) -> std::result::Result<FaceId, UnknownFont> {
        let mut only = None;
        for (index, face) in self.faces.iter().enumerate() {
            if same_family(&face.family, family) {
                if face.bold == bold {
                    return Ok(FaceId(index));
                }
                only = only.or(Some(FaceId(index)));
            }
        }
        only.ok_or_else(|| {
            let families = self.families();
            UnknownFont {
                family: family.to_owned(),
                nearest: suggest::nearest(family, families.iter().copied()).map(str::to_owned),
                families: families.into_iter().map(str::to_owned).collect(),
            }
        })
    }

    /// The first face, in the order of fallback, that covers `cluster`; of two weights of a family the one asked for.
    pub(super) fn fallback(&self, cluster: &str, bold: bool) -> Option<FaceId> {
        let covering = self.faces.iter().position(|face| face.covers(cluster)).map(FaceId)?;
        let family = self.face(covering).map(|face| &face.family)?;
        self.find(family, bold)
            .ok()
            .filter(|id| self.face(*id).is_some_and(|face| face.covers(cluster)))
            .or(Some(covering))
    }

    /// The emoji's face.
    pub(super) fn emoji(&self) -> Option<FaceId> {
        self.find(EMOJI, false).ok()
    }

    pub(super) fn face(&self, id: FaceId) -> Option<&Face> {
        self.faces.get(id.0)
    }

    pub(super) fn len(&self) -> usize {
        self.faces.len()
    }

    /// Writes the fonts that `layout` uses into `folder/fonts`, and a `folder/fonts.conf` that names that folder only:
    /// with `fontsdir=` and `FONTCONFIG_FILE` set to them, libass sees no font of the system.
    ///
    /// Fails where a file cannot be written.
    pub fn write_to(&self, folder: &Path, layout: &Layout) -> Result<()> {
        self.write_faces(folder, self.used(layout))
    }

    /// The content of the font files that `layout` uses, each once.
    pub(crate) fn contents(&self, layout: &Layout) -> impl Iterator<Item = &[u8]> {
        self.used(layout).into_iter().filter_map(|id| self.face(id)).map(|face| &*face.blob)
    }

    fn used(&self, layout: &Layout) -> BTreeSet<FaceId> {
        let mut used = BTreeSet::new();
        for line in layout.blocks.iter().flat_map(|block| &block.lines) {
            for run in &line.runs {
                used.extend(self.find(&run.family, run.bold).ok());
            }
            if needs_letter(line) {
                used.extend(self.find(LETTER_FONT, false).ok());
            }
        }
        used
    }

    /// Writes every font, in the same way.
    pub fn write_all_to(&self, folder: &Path) -> Result<()> {
        self.write_faces(folder, (0..self.faces.len()).map(FaceId))
    }

    fn write_faces(&self, folder: &Path, faces: impl IntoIterator<Item = FaceId>) -> Result<()> {
        let fonts = folder.join("fonts");
        fs::create_dir_all(&fonts).map_err(|source| Error::Write { path: fonts.clone(), source })?;
        for id in faces {
            if let Some(face) = self.face(id) {
                // The number keeps two files of one name apart: a shipped one and one of the user's folder.
                write(&fonts.join(format!("{:02}-{}", id.0, face.file)), &face.blob)?;
            }
        }
        let home = folder.canonicalize().map_err(|source| Error::Read { path: folder.to_path_buf(), source })?;
        let home = home.to_string_lossy().replace('&', "&amp;").replace('<', "&lt;");
        let conf = format!(
            "<?xml version=\"1.0\"?>\n<!DOCTYPE fontconfig SYSTEM \"fonts.dtd\">\n<fontconfig>\n  <dir>{home}/fonts</dir>\n  \
             <cachedir>{home}/cache</cachedir>\n</fontconfig>\n"
        );
        write(&folder.join("fonts.conf"), conf.as_bytes())
    }
}

/// libass 0.17 looks characters up in the first of a font's Windows tables for Unicode, and that is mostly the one of
/// encoding 1, which ends at U+FFFF, even where encoding 10 is there too. Without any of them it takes FreeType's choice.
fn reaches_beyond_bmp(font: &Font) -> bool {
    let windows = font.charmap().encodings().filter_map(harfrust::font::charmap::Encoding::sfnt_ids);
    windows.filter(|(platform, _)| *platform == 3).find(|(_, id)| [1, 10].contains(id)).is_none_or(|(_, id)| id == 10)
}

fn read(path: &Path) -> Result<Vec<Face>> {
    let bytes = fs::read(path).map_err(|source| Error::Read { path: path.to_path_buf(), source })?;
    let broken = |reason: &str| Error::Font { path: path.to_path_buf(), reason: reason.to_owned() };
    let format =
        Format::new(&bytes).filter(Format::is_sfnt).ok_or_else(|| broken("not a TrueType or OpenType font"))?;
    let blob = Blob::from(bytes);
    let file = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let mut faces = Vec::new();
    for index in 0..format.num_fonts() {
        let font = Font::new(blob.clone(), index).ok_or_else(|| broken("its tables cannot be read"))?;
        if font.default_attributes().style == Slant::Normal {
            let face = Face::new(&file, blob.clone(), index);
            faces.push(face.ok_or_else(|| broken("it has no family name, no characters or no line height"))?);
        }
    }
    Ok(faces)
}

fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    fs::write(path, bytes).map_err(|source| Error::Write { path: path.to_path_buf(), source })
}

fn same_family(one: &str, other: &str) -> bool {
    one == other || one.to_lowercase() == other.to_lowercase()
}

/// Whether a font need not have `letter`, because it is not drawn: `Default_Ignorable_Code_Point` of Unicode 16,
/// `DerivedCoreProperties.txt`.
pub(super) fn is_ignorable(letter: char) -> bool {
    matches!(letter,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}'..='\u{1160}' | '\u{17b4}'..='\u{17b5}' | '\u{180b}'..='\u{180f}'
        | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}'
        | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fff8}' | '\u{1bca0}'..='\u{1bca3}'
        | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_shipped_file_is_a_face() {
        let fonts = FontSet::shipped();
        assert_eq!(fonts.faces.len(), SHIPPED.len());
        insta::assert_snapshot!(fonts.families().join(", "), @"Noto Sans, Noto Sans Arabic, Noto Sans Hebrew, Noto Sans CJK, Noto Emoji, Noto Sans Math, Noto Sans Symbols, Noto Sans Symbols2");
    }

    #[test]
    fn a_family_is_found_in_any_case_and_weight() {
        let fonts = FontSet::shipped();
        let bold = fonts.find("noto sans", true).expect("shipped");
        assert!(fonts.face(bold).is_some_and(|face| face.bold && &*face.family == "Noto Sans"));
        let only = fonts.find("Noto Emoji", true).expect("shipped");
        assert!(fonts.face(only).is_some_and(|face| !face.bold));
    }

    #[test]
    fn an_unknown_family_names_its_neighbour() {
        let unknown = FontSet::shipped().check("Noto Snas").expect_err("no such font");
        assert_eq!(unknown.nearest.as_deref(), Some("Noto Sans"));
        assert!(unknown.families.iter().any(|family| family == "Noto Sans Hebrew"));
    }

    #[test]
    fn a_broken_file_is_named() {
        let folder = tempfile::tempdir().expect("a folder");
        fs::write(folder.path().join("Own.ttf"), b"no font").expect("written");
        let error = FontSet::with_folder(folder.path()).err().expect("broken").to_string();
        assert!(error.contains("Own.ttf") && error.contains("not a TrueType"), "{error}");
    }

    #[test]
    fn a_family_of_the_folder_takes_the_shipped_ones_place() {
        let folder = tempfile::tempdir().expect("a folder");
        let emoji = SHIPPED.iter().find(|(file, _)| *file == "NotoEmoji.ttf").expect("shipped");
        fs::write(folder.path().join("Mine.ttf"), emoji.1).expect("written");
        fs::write(folder.path().join("notes.txt"), b"not a font, and not looked at").expect("written");
        let fonts = FontSet::with_folder(folder.path()).expect("good fonts");
        assert_eq!(fonts.faces.len(), SHIPPED.len());
        assert_eq!(fonts.faces.last().map(|face| face.file.as_str()), Some("Mine.ttf"));
    }
}
