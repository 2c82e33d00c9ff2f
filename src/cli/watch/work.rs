//! What is said of a result that comes again and again: the whole of the first, then what is different.

use crate::error::{Error, Result};

use super::super::output::{Terminal, print_live};

/// What is told after a turn.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::cli) struct Told {
    /// For stdout.
    pub(in crate::cli) result: String,
    /// For stderr, each a line.
    pub(in crate::cli) said: Vec<String>,
}

impl Told {
    /// Tells it; false where nobody reads stdout any more.
    pub(in crate::cli) fn tell(&self, terminal: &Terminal) -> Result<bool> {
        for line in &self.said {
            terminal.say(line);
        }
        if self.result.is_empty() { Ok(true) } else { print_live(&self.result) }
    }
}

/// The last result that was good.
#[derive(Debug)]
pub(in crate::cli) struct Again<T> {
    /// What a result is called, as in "plan".
    noun: &'static str,
    last: Option<T>,
    is_wrong: bool,
    warned: String,
}

impl<T> Again<T> {
    /// None yet.
    pub(in crate::cli) fn new(noun: &'static str) -> Self {
        Self { noun, last: None, is_wrong: false, warned: String::new() }
    }

    /// What to tell of `made`, which came of a change of the files `changed`, and of what was found on its way. `whole`
    /// shows a first result, `different` two of them; that says nothing where they are the same.
    pub(in crate::cli) fn told(
        &mut self,
        made: std::result::Result<T, Error>,
        (found, changed): (String, &[String]),
        whole: impl Fn(&T) -> String,
        different: impl Fn(&T, &T) -> Option<String>,
    ) -> Told {
        let noun = self.noun;
        let changed = if changed.is_empty() { String::new() } else { format!("{}: ", changed.join(", ")) };
        let lines = |text: &str| text.lines().map(str::to_owned).collect::<Vec<_>>();
        let mut told = Told::default();
        match made {
            Err(_) => {
                told.said = lines(&found);
                told.said.push(match self.last {
                    Some(_) => format!("{changed}the last good {noun} stays until this is mended"),
                    None => format!("{changed}there is no {noun} until this is mended"),
                });
                self.is_wrong = true;
            }
            Ok(new) => {
                // What has been said of the last one is not said of each that is like it.
                if found != self.warned {
                    told.said = lines(&found);
                    self.warned = found;
                }
                let right = if std::mem::take(&mut self.is_wrong) { "right again; " } else { "" };
                match &self.last {
                    None => {
                        told.result = whole(&new);
                        if !changed.is_empty() {
                            told.said.push(format!("{changed}{right}here is the {noun}"));
                        }
                    }
                    Some(last) => match different(last, &new) {
                        Some(difference) => {
                            told.result = difference;
                            told.said.push(format!("{changed}{right}another {noun}"));
                        }
                        None => told.said.push(format!("{changed}{right}the {noun} is the same")),
                    },
                }
                self.last = Some(new);
            }
        }
        told
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn step(
        again: &mut Again<u32>,
        made: std::result::Result<u32, Error>,
        found: &str,
        changed: &str,
    ) -> (String, String) {
        let changed: Vec<String> = changed.split_whitespace().map(str::to_owned).collect();
        let whole = |plan: &u32| format!("{plan} tasks\n");
        let different = |old: &u32, new: &u32| (old != new).then(|| format!("{old} -> {new}\n"));
        let told = again.told(made, (found.to_owned(), &changed), whole, different);
        (told.result, told.said.join("\n"))
    }

    fn pair(result: &str, said: &str) -> (String, String) {
        (result.into(), said.into())
    }

    #[test]
    fn a_broken_file_keeps_the_last_good_result_and_a_mended_one_is_held_against_it() {
        let mut again = Again::new("plan");
        assert_eq!(step(&mut again, Ok(3), "", ""), pair("3 tasks\n", ""));
        assert_eq!(step(&mut again, Ok(4), "", "a.rules"), pair("3 -> 4\n", "a.rules: another plan"));
        let broken = "error[E0201]: no\nerror: 1 error found\n";
        assert_eq!(
            step(&mut again, Err(Error::Cancelled), broken, "a.rules"),
            pair("", &format!("{broken}a.rules: the last good plan stays until this is mended"))
        );
        assert_eq!(step(&mut again, Ok(4), "", "a.rules"), pair("", "a.rules: right again; the plan is the same"));
        assert_eq!(step(&mut again, Ok(5), "", "a b"), pair("4 -> 5\n", "a, b: another plan"));
    }

    #[test]
    fn where_the_first_is_broken_the_whole_comes_when_it_is_mended() {
        let mut again = Again::new("plan");
        let said = "x\nthere is no plan until this is mended";
        assert_eq!(step(&mut again, Err(Error::Cancelled), "x\n", ""), pair("", said));
        assert_eq!(step(&mut again, Ok(2), "", "a"), pair("2 tasks\n", "a: right again; here is the plan"));
    }

    #[test]
    fn a_warning_is_said_once_and_again_when_it_is_another_one() {
        let mut again = Again::new("plan");
        step(&mut again, Ok(1), "warning: w\n", "");
        assert_eq!(step(&mut again, Ok(1), "warning: w\n", "a"), pair("", "a: the plan is the same"));
        assert_eq!(step(&mut again, Ok(1), "warning: v\n", "a"), pair("", "warning: v\na: the plan is the same"));
    }
}
