//! Choosing for a segment where no person does: the best that costs nothing and fits.

use super::{Candidate, Provider, Providers, Wish};

/// So many candidates of one provider are tried before the next is asked.
const TRIED: usize = 3;

/// Whoever fills a segment: asks, and brings.
pub trait Chooser {
    /// What is brought.
    type Brought;
    /// Why nothing goes on. What is wrong with one provider or clip is none: that is noted, and another is taken.
    type Stop;

    /// What the provider offers; nothing if it cannot be asked.
    fn offers(&mut self, provider: &dyn Provider) -> Result<Vec<Candidate>, Self::Stop>;

    /// Whether the scenario has this clip already.
    fn has(&self, candidate: &Candidate) -> bool;

    /// Brings the clip; none if it cannot be brought.
    fn bring(&mut self, provider: &dyn Provider, candidate: &Candidate) -> Result<Option<Self::Brought>, Self::Stop>;
}

/// The best for `wish` by the order of `providers`; none if nobody has anything.
///
/// The same picture twice is seen at once: what the scenario has already comes after all that it has not, whoever offers it.
pub fn choose<C: Chooser>(providers: &Providers, wish: &Wish, chooser: &mut C) -> Result<Option<C::Brought>, C::Stop> {
    let mut used = Vec::new();
    for provider in providers.free() {
        let offered = chooser.offers(provider)?;
        let fits = offered.into_iter().filter(|candidate| candidate.is_fit(wish));
        let (there, fresh): (Vec<_>, Vec<_>) = fits.partition(|candidate| chooser.has(candidate));
        used.push((provider, there));
        if let Some(brought) = first(provider, &fresh, chooser)? {
            return Ok(Some(brought));
        }
    }
    for (provider, there) in used {
        if let Some(brought) = first(provider, &there, chooser)? {
            return Ok(Some(brought));
        }
    }
    Ok(None)
}

fn first<C: Chooser>(
    provider: &dyn Provider,
    candidates: &[Candidate],
    chooser: &mut C,
) -> Result<Option<C::Brought>, C::Stop> {
    for candidate in candidates.iter().take(TRIED) {
        if let Some(brought) = chooser.bring(provider, candidate)? {
            return Ok(Some(brought));
        }
    }
    Ok(None)
}
