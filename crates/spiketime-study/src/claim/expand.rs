//! From statistics with lists to single ones, in the order in which their keys stand: condition, metric, images.

use std::collections::BTreeMap;

use super::{ClaimSpec, Look, Statistic, StatisticSpec, Than};

/// More statistics of one claim are a mistake; each takes a row in every table.
const MAX_STATISTICS: usize = 10_000;

/// Named lists of names or counts, as texts.
pub type Lists = BTreeMap<String, Vec<String>>;

/// What stands for each list's name at the moment.
type Bound<'a> = BTreeMap<&'a str, &'a str>;

impl ClaimSpec {
    /// Every statistic of the claim.
    ///
    /// # Errors
    /// When a list is not there, or they are too many: which statistic, and what to do.
    pub fn expanded(&self, lists: &Lists) -> Result<Vec<Statistic>, (usize, String)> {
        let mut all = Vec::new();
        for (number, spec) in self.statistics.iter().enumerate() {
            spec.expand(lists, &mut all).map_err(|message| (number, message))?;
        }
        Ok(all)
    }
}

impl StatisticSpec {
    fn expand(&self, lists: &Lists, all: &mut Vec<Statistic>) -> Result<(), String> {
        let none = Than::default();
        let than = self.than.as_ref().unwrap_or(&none);
        let metrics = self.bounds.keys().next().map(|metric| vec![metric.clone()]);
        let images = if self.images.is_empty() { vec![String::new()] } else { self.images.0.clone() };
        let keys = [
            self.condition.0.clone(),
            one(than.condition.as_deref()),
            metrics.unwrap_or_else(|| self.metric.0.clone()),
            one(than.metric.as_deref()),
            images,
            one(than.images.map(|images| images.to_string()).as_deref()),
        ];
        multiply(&keys, lists, &mut Vec::new(), &mut Bound::new(), &mut |chosen| {
            if all.len() >= MAX_STATISTICS {
                return Err(format!("more than {MAX_STATISTICS} statistics; name fewer, or split the claim"));
            }
            all.push(self.single(chosen)?);
            Ok(())
        })
    }

    fn single(&self, chosen: &[String]) -> Result<Statistic, String> {
        let look =
            Look { condition: chosen[0].clone(), metric: chosen[2].clone(), images: count(&chosen[4])? };
        let or = |text: &String, other: &str| if text.is_empty() { other.to_owned() } else { text.clone() };
        let other = Look {
            condition: or(&chosen[1], &look.condition),
            metric: or(&chosen[3], &look.metric),
            images: count(&chosen[5])?.or(look.images),
        };
        let than = self.than.is_some().then_some(other);
        Ok(Statistic { rule: self.rule, look, than, bounds: self.bounds.clone(), outside: self.outside })
    }
}

/// A key that says one thing, or nothing.
fn one(text: Option<&str>) -> Vec<String> {
    vec![text.unwrap_or_default().to_owned()]
}

fn count(text: &str) -> Result<Option<u64>, String> {
    match text {
        "" => Ok(None),
        text => text.parse().map(Some).map_err(|_| format!("images: '{text}' is no count of images")),
    }
}

/// Goes through the keys from left to right; a list's name is given its items where it is met first.
fn multiply<'a>(
    keys: &'a [Vec<String>],
    lists: &'a Lists,
    chosen: &mut Vec<String>,
    bound: &mut Bound<'a>,
    each: &mut dyn FnMut(&[String]) -> Result<(), String>,
) -> Result<(), String> {
    let Some(key) = keys.get(chosen.len()) else { return each(chosen) };
    for template in key {
        fill(template, keys, lists, chosen, bound, each)?;
    }
    Ok(())
}

fn fill<'a>(
    template: &'a str,
    keys: &'a [Vec<String>],
    lists: &'a Lists,
    chosen: &mut Vec<String>,
    bound: &mut Bound<'a>,
    each: &mut dyn FnMut(&[String]) -> Result<(), String>,
) -> Result<(), String> {
    match names(template).find(|name| !bound.contains_key(name)) {
        None => {
            let filled = bound
                .iter()
                .fold(template.to_owned(), |text, (name, item)| text.replace(&format!("{{{name}}}"), item));
            chosen.push(filled);
            multiply(keys, lists, chosen, bound, each)?;
            chosen.pop();
        }
        Some(name) => {
            let known = || lists.keys().map(String::as_str).collect::<Vec<_>>().join(", ");
            let items =
                lists.get(name).ok_or_else(|| format!("there is no list '{name}'; there are {}", known()))?;
            for item in items {
                bound.insert(name, item);
                fill(template, keys, lists, chosen, bound, each)?;
            }
            bound.remove(name);
        }
    }
    Ok(())
}

/// What stands in braces.
fn names(template: &str) -> impl Iterator<Item = &str> {
    template.split('{').skip(1).filter_map(|rest| rest.split_once('}').map(|(name, _)| name))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn expanded(statistic: &str) -> Result<Vec<Statistic>, String> {
        let spec: StatisticSpec = spiketime_data::toml_file::parse(statistic, "x".as_ref()).unwrap();
        let lists = Lists::from([
            ("range".to_owned(), vec!["a".to_owned(), "b".to_owned()]),
            ("early".to_owned(), vec!["300".to_owned(), "900".to_owned()]),
        ]);
        let mut all = Vec::new();
        spec.expand(&lists, &mut all).map(|()| all)
    }

    fn told(statistics: &[Statistic]) -> Vec<String> {
        let look = |look: &Look| format!("{} {} {:?}", look.condition, look.metric, look.images.unwrap_or(0));
        let than =
            |s: &Statistic| s.than.as_ref().map_or_else(String::new, |than| format!(" | {}", look(than)));
        statistics.iter().map(|s| look(&s.look) + &than(s)).collect()
    }

    #[test]
    fn lists_multiply_from_left_to_right_and_a_name_goes_along_in_all_its_places() {
        let all = expanded(
            "rule = 'higher'\ncondition = 'on-{range}'\nthan = { condition = 'off-{range}' }\n\
             metric = ['m', 'n']\nimages = '{early}'",
        );
        let expected = [
            "on-a m 300 | off-a m 300",
            "on-a m 900 | off-a m 900",
            "on-a n 300 | off-a n 300",
            "on-a n 900 | off-a n 900",
            "on-b m 300 | off-b m 300",
            "on-b m 900 | off-b m 900",
            "on-b n 300 | off-b n 300",
            "on-b n 900 | off-b n 900",
        ];
        assert_eq!(told(&all.unwrap()), expected);
    }

    #[test]
    fn what_the_other_side_does_not_name_is_as_on_the_first() {
        let all = expanded("rule = 'higher'\ncondition = 'x'\nimages = 9\nthan = { images = 3 }").unwrap();
        assert_eq!(told(&all), ["x accuracy 9 | x accuracy 3"]);
        let all = expanded("rule = 'measured'\ncondition = 'x'\nmetric = 'm'").unwrap();
        assert_eq!((told(&all), all[0].look.images), (vec!["x m 0".to_owned()], None));
    }

    #[test]
    fn a_list_that_is_not_there_and_one_that_is_too_long_are_told() {
        let message = expanded("rule = 'few'\ncondition = '{rang}'\nimages = 3").unwrap_err();
        assert_eq!(message, "there is no list 'rang'; there are early, range");
        let many = format!("rule = 'few'\ncondition = 'x'\nimages = {:?}", (1..=10_001).collect::<Vec<_>>());
        assert!(expanded(&many).unwrap_err().starts_with("more than 10000 statistics"));
    }
}
