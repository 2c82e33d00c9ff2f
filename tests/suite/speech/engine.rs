//! The stand-in `whisper-cli`: a shell script that writes what the real one writes.

use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;

use callsheet::speech::Config;

/// A folder with a program, its model, and what it writes.
pub(super) struct Engine {
    pub(super) folder: tempfile::TempDir,
}

impl Engine {
    /// A program that writes `answer` and ends well.
    pub(super) fn writing(answer: &[u8]) -> Self {
        let engine = Self::doing("cp \"$here/answer\" \"$out.json\"");
        std::fs::write(engine.folder.path().join("answer"), answer).unwrap();
        engine
    }

    /// A program that notes its arguments, tells progress, and does `what`.
    pub(super) fn doing(what: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let script = format!(
            "#!/bin/sh\nhere=$(dirname \"$0\")\necho \"$@\" >> \"$here/calls\"\n\
             echo \"keys:$CALLSHEET_SPEECH_KEY$CALLSHEET_LLM_KEY\" > \"$here/environment\"\n\
             while [ $# -gt 0 ]; do\n  case \"$1\" in -of) out=$2;; -f) sound=$2;; esac\n  shift\ndone\n\
             cp \"$sound\" \"$here/heard.wav\"\n\
             echo 'whisper_print_progress_callback: progress =  35%' >&2\n{what}\n"
        );
        let program = folder.path().join("whisper-cli");
        std::fs::write(&program, script).unwrap();
        std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
        std::fs::write(folder.path().join("ggml-base.bin"), "lmgg").unwrap();
        Self { folder }
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(super) fn config(&self) -> Config {
        let mut config = super::nothing();
        config.whisper.program = self.path("whisper-cli");
        config.whisper.model = Some(self.path("ggml-base.bin"));
        config
    }

    /// The arguments of each call, without the folder's changing names.
    pub(super) fn calls(&self) -> Vec<String> {
        let calls = std::fs::read_to_string(self.path("calls")).unwrap_or_default();
        let plain = |word: &str| word.rsplit('/').next().unwrap().to_owned();
        calls.lines().map(|line| line.split(' ').map(plain).collect::<Vec<_>>().join(" ")).collect()
    }
}

/// What `whisper-cli -ojf` writes for two phrases: special tokens, a raw line break and a raw bell in strings, a
/// character cut in two, `nan`, a time behind the end of the sound, and words whose times run backwards.
pub(super) fn answer() -> Vec<u8> {
    let mut json = Vec::new();
    json.extend_from_slice(
        br#"{
	"systeminfo": "AVX = 1 | \"quoted\"",
	"model": {"type": "base", "multilingual": true, "vocab": 51865, "mels": 80, "ftype": 1},
	"params": {"model": "ggml-base.bin", "language": "auto", "translate": false},
	"result": {"language": "ru"},
	"transcription": [
		{"timestamps": {"from": "00:00:00,000", "to": "00:00:02,500"}, "offsets": {"from": 0, "to": 2500},
		 "text": " "#,
    );
    json.extend_from_slice("Привет,\n мир\u{7}!".as_bytes());
    json.extend_from_slice(
        br#"", "tokens": [
			{"text": "[_BEG_]", "offsets": {"from": 0, "to": 0}, "id": 50364, "p": nan, "t_dtw": -1},
			{"text": " "#,
    );
    json.extend_from_slice("При".as_bytes());
    json.extend_from_slice(
        br#"", "offsets": {"from": 100, "to": 300}, "id": 1, "p": -nan, "t_dtw": -1},
			{"text": ""#,
    );
    json.extend_from_slice(b"\xd0\xb2\xd0\xb5\xd1");
    json.extend_from_slice(
        br#"", "offsets": {"from": 300, "to": 500}, "id": 2, "p": 0.98, "t_dtw": -1},
			{"text": ""#,
    );
    json.extend_from_slice(b"\x82,");
    json.extend_from_slice(
        br#"", "offsets": {"from": 500, "to": 600}, "id": 3, "p": 0.98, "t_dtw": -1},
			{"text": " "#,
    );
    json.extend_from_slice("мир".as_bytes());
    json.extend_from_slice(
        br#"", "offsets": {"from": 550, "to": 1200}, "id": 4, "p": 0.9, "t_dtw": -1},
			{"text": "!", "id": 5, "p": 0.9, "t_dtw": -1},
			{"text": "[_TT_125]", "offsets": {"from": 2500, "to": 2500}, "id": 50489, "p": 0.4, "t_dtw": -1}]},
		{"timestamps": {"from": "00:00:02,500", "to": "00:00:30,000"}, "offsets": {"from": 2500, "to": 30000},
		 "text": " Two \"words\"", "tokens": [
			{"text": " Two", "offsets": {"from": 4000, "to": 3000}, "id": 6, "p": 0.9, "t_dtw": -1},
			{"text": " \"words\"", "offsets": {"from": 3500, "to": 31000}, "id": 7, "p": 0.9, "t_dtw": -1}]},
		{"timestamps": {"from": "00:00:30,000", "to": "00:00:32,000"}, "offsets": {"from": 30000, "to": 32000},
		 "text": " [BLANK_AUDIO]", "tokens": []}
	]
}"#,
    );
    json
}
