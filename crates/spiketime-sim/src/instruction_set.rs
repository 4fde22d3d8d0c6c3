//! Which vector instructions the dense engine is compiled for; the results are the same bytes on all.
//!
//! The whole engine is compiled once for each of them and chosen at run time. A set that the CPU
//! lacks falls back to the portable code, so forcing one is always safe.

/// What the CPU must know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InstructionSet {
    /// What every CPU of the architecture has.
    Portable,
    /// 256-bit vectors on x86-64.
    Avx2,
    /// 512-bit vectors on x86-64.
    Avx512,
}

impl InstructionSet {
    /// Every one of them, also those that this CPU lacks.
    pub const ALL: [InstructionSet; 3] =
        [InstructionSet::Portable, InstructionSet::Avx2, InstructionSet::Avx512];

    /// The widest that this CPU has.
    #[must_use]
    pub fn widest() -> InstructionSet {
        #[cfg(target_arch = "x86_64")]
        {
            use std::arch::is_x86_feature_detected as has;
            if has!("avx512f") && has!("avx512vl") && has!("avx512dq") && has!("avx512bw") {
                return InstructionSet::Avx512;
            }
            if has!("avx2") {
                return InstructionSet::Avx2;
            }
        }
        InstructionSet::Portable
    }
}
