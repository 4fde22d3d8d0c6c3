//! A value that goes along with others: a sum of numbers and of keys times numbers, such as `50 - 0.5 * d`.

/// Factor and key of each term; a bare number has no key.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Linear<'a>(Vec<(f64, Option<&'a str>)>);

#[derive(Clone, Copy, Debug, PartialEq)]
enum Token<'a> {
    Number(f64),
    Key(&'a str),
    Sign(char),
}

impl<'a> Linear<'a> {
    /// What a text says.
    ///
    /// # Errors
    /// When it is no such sum: where, and what to write.
    pub(super) fn parse(text: &'a str) -> Result<Linear<'a>, String> {
        let told = |message: String| format!("'{text}': {message}; write a sum such as 50 - 0.5 * d");
        let mut rest = &tokens(text).map_err(told)?[..];
        let mut terms = Vec::new();
        while !rest.is_empty() || terms.is_empty() {
            let sign = sign(&mut rest, terms.is_empty()).map_err(told)?;
            let (factor, key) = term(&mut rest).map_err(told)?;
            terms.push((sign * factor, key));
        }
        Ok(Linear(terms))
    }

    /// The keys that it needs.
    pub(super) fn keys(&self) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter_map(|(_, key)| *key)
    }

    /// Its value; `None` where a key has none. Twelve digits count, so that 0.1 + 0.2 is 0.3.
    pub(super) fn value(&self, of: impl Fn(&str) -> Option<f64>) -> Option<f64> {
        let term = |(factor, key): &(f64, Option<&str>)| Some(factor * key.map_or(Some(1.0), &of)?);
        let sum: f64 = self.0.iter().map(term).sum::<Option<f64>>()?;
        Some(format!("{sum:.11e}").parse().unwrap_or(sum))
    }
}

/// What stands before a term; before the first it may be left out.
fn sign(rest: &mut &[Token], is_first: bool) -> Result<f64, String> {
    match rest.split_first() {
        Some((Token::Sign(sign @ ('+' | '-')), after)) => {
            *rest = after;
            Ok(if *sign == '-' { -1.0 } else { 1.0 })
        }
        _ if is_first => Ok(1.0),
        _ => Err("between two terms stands + or -".to_owned()),
    }
}

/// Numbers and at most one key, multiplied; or divided by a number.
fn term<'a>(rest: &mut &[Token<'a>]) -> Result<(f64, Option<&'a str>), String> {
    let (mut factor, mut key, mut sign) = (1.0, None, '*');
    loop {
        match (rest.split_first().map(|(token, _)| *token), sign) {
            (Some(Token::Number(number)), '*') => factor *= number,
            (Some(Token::Number(number)), _) => factor /= number,
            (Some(Token::Key(name)), '*') if key.is_none() => key = Some(name),
            (Some(Token::Key(name)), '*') => return Err(format!("{name} is multiplied by another key")),
            (Some(Token::Key(name)), _) => return Err(format!("it is divided by {name}")),
            (Some(Token::Sign(_)) | None, _) => return Err("a number or a key is missing".to_owned()),
        }
        *rest = &rest[1..];
        match rest.first() {
            Some(Token::Sign(next @ ('*' | '/'))) => sign = *next,
            _ => return Ok((factor, key)),
        }
        *rest = &rest[1..];
    }
}

fn tokens(text: &str) -> Result<Vec<Token<'_>>, String> {
    let (mut tokens, mut rest) = (Vec::new(), text.trim_start());
    while let Some(first) = rest.chars().next() {
        let length = match first {
            '+' | '-' | '*' | '/' => 1,
            _ if first.is_ascii_digit() || first == '.' => number_length(rest),
            _ if first.is_ascii_alphabetic() || first == '_' => length_of(rest, is_of_a_word),
            other => return Err(format!("'{other}' is not understood")),
        };
        let (token, after) = rest.split_at(length);
        tokens.push(match first {
            '+' | '-' | '*' | '/' => Token::Sign(first),
            _ if is_of_a_word(first) && !first.is_ascii_digit() => Token::Key(token),
            _ => Token::Number(number(token)?),
        });
        rest = after.trim_start();
    }
    Ok(tokens)
}

fn number(text: &str) -> Result<f64, String> {
    let number = text.parse::<f64>().ok().filter(|number| number.is_finite());
    number.ok_or_else(|| format!("'{text}' is no number"))
}

fn is_of_a_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}

fn length_of(text: &str, is_part: impl Fn(char) -> bool) -> usize {
    text.find(|c| !is_part(c)).unwrap_or(text.len())
}

/// Digits and points, and an exponent: `1.5e-3`.
fn number_length(text: &str) -> usize {
    let mantissa = length_of(text, |c| c.is_ascii_digit() || c == '.');
    let Some(exponent) = text[mantissa..].strip_prefix(['e', 'E']) else { return mantissa };
    let sign = usize::from(exponent.starts_with(['+', '-']));
    match length_of(&exponent[sign..], |c| c.is_ascii_digit()) {
        0 => mantissa,
        digits => mantissa + 1 + sign + digits,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at_ten(text: &str) -> f64 {
        Linear::parse(text).unwrap().value(|key| (key == "d").then_some(10.0)).unwrap()
    }

    #[test]
    fn a_sum_of_numbers_and_of_keys_times_numbers_has_the_value_of_school() {
        for (text, value) in [
            ("50 - d", 40.0),
            ("50+d", 60.0),
            ("-d", -10.0),
            (" 2 * d - 3 ", 17.0),
            ("d * 3 / 4 + 1.5e1", 22.5),
            ("d + d - 0.5*d", 15.0),
            ("7", 7.0),
            ("1e-3 * d", 0.01),
        ] {
            assert_eq!(at_ten(text), value, "{text}");
        }
    }

    #[test]
    fn a_tenth_and_two_tenths_are_three_tenths() {
        let of = |key: &str| (key == "d").then_some(0.2);
        assert_eq!(Linear::parse("0.1 + d").unwrap().value(of), Some(0.3));
        assert_eq!(Linear::parse("0.1 + e").unwrap().value(of), None);
    }

    #[test]
    fn what_is_no_such_sum_says_where() {
        for (text, told) in [
            ("", "'': a number or a key is missing; write a sum such as 50 - 0.5 * d"),
            ("50 -", "a number or a key is missing"),
            ("50 d", "between two terms stands + or -"),
            ("d * e", "e is multiplied by another key"),
            ("1 / d", "it is divided by d"),
            ("50 − d", "'−' is not understood"),
            ("(d)", "'(' is not understood"),
            ("1.2.3", "'1.2.3' is no number"),
            ("1e999", "'1e999' is no number"),
        ] {
            let message = Linear::parse(text).unwrap_err();
            assert!(message.contains(told), "{text}: {message}");
        }
    }
}
