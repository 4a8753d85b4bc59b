//! [`Neighborhood`]: how much of a step a unit takes at a distance from the winner.

use nn_core::math;

/// The shape of the neighborhood function: its value h/h₀ against the lattice distance d from the winner.
///
/// At d = 0 every shape is 1; with radius 0 every shape is 0 elsewhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Neighborhood {
    /// exp(−d²/σ²), σ the radius: the lecture's, without a factor 2. σ = √2 times the σ of [`Neighborhood::KohonenGaussian`]
    /// is the same function.
    #[default]
    Gaussian,
    /// exp(−d²/(2σ²)): Kohonen's form, also that of MiniSom and SOM_PAK.
    KohonenGaussian,
    /// 1 for d ≤ radius, else 0 (SOM_PAK, somoclu).
    Bubble,
    /// exp(−d²/(2σ²)) for d ≤ σ, else 0 (SOM Toolbox).
    CutGaussian,
    /// max(0, 1 − d²/radius²) (SOM Toolbox).
    Epanechnikov,
    /// max(0, 1 − d/radius).
    Triangle,
    /// exp(−d²/(2σ²)) (1 − d²/σ²): negative beyond σ, so for online training only.
    MexicanHat,
}

/// Distances on a hexagonal lattice are √3/2 rounded and squared: equality at the border is meant within this factor.
const BORDER: f64 = 1.0 + 1e-9;

impl Neighborhood {
    /// **Eq. som-neighborhood** (slide 15): h_ci/h₀ = exp(−‖rᵢ − r_c‖²/σ²), and the other shapes.
    ///
    /// `squared_distance` is ‖rᵢ − r_c‖² on the lattice, `radius` is σ ≥ 0 in the same unit.
    pub fn weight(self, squared_distance: f64, radius: f64) -> f64 {
        if squared_distance == 0.0 {
            return 1.0;
        }
        if radius == 0.0 {
            return 0.0;
        }
        // In units of the radius; squaring the radius alone could underflow.
        let ratio = squared_distance.sqrt() / radius;
        let q = ratio * ratio;
        let inside = q <= BORDER;
        match self {
            Self::Gaussian => math::exp(-q),
            Self::KohonenGaussian => math::exp(-0.5 * q),
            Self::Bubble => f64::from(u8::from(inside)),
            Self::CutGaussian if inside => math::exp(-0.5 * q),
            Self::CutGaussian => 0.0,
            Self::Epanechnikov => (1.0 - q).max(0.0),
            Self::Triangle => (1.0 - ratio).max(0.0),
            Self::MexicanHat => {
                let bell = math::exp(-0.5 * q);
                if bell == 0.0 { 0.0 } else { bell * (1.0 - q) }
            }
        }
    }

    /// k in exp(−k (dx² + dy²)/σ²) for the shapes that are a product over the axes.
    pub(crate) fn separable(self) -> Option<f64> {
        match self {
            Self::Gaussian => Some(1.0),
            Self::KohonenGaussian => Some(0.5),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [Neighborhood; 7] = [
        Neighborhood::Gaussian,
        Neighborhood::KohonenGaussian,
        Neighborhood::Bubble,
        Neighborhood::CutGaussian,
        Neighborhood::Epanechnikov,
        Neighborhood::Triangle,
        Neighborhood::MexicanHat,
    ];

    /// Eq. som-neighborhood.
    #[test]
    fn the_lectures_gaussian_has_no_factor_two() {
        let e = 0.367_879_441_171_442_33;
        assert_eq!(Neighborhood::Gaussian.weight(9.0, 3.0), e);
        for d in [0.5, 1.0, 2.0, 5.0] {
            let (lecture, kohonen) = (Neighborhood::Gaussian, Neighborhood::KohonenGaussian);
            let (a, b) = (lecture.weight(d, 2.0_f64.sqrt() * 1.7), kohonen.weight(d, 1.7));
            assert!((a - b).abs() < 1e-15, "{a} {b}");
        }
    }

    #[test]
    fn every_shape_is_one_at_the_winner_and_zero_elsewhere_for_radius_zero() {
        for shape in ALL {
            assert_eq!((shape.weight(0.0, 2.0), shape.weight(0.0, 0.0), shape.weight(1.0, 0.0)), (1.0, 1.0, 0.0));
            for (d, radius) in [(1e300, 1e-300), (1e-300, 1e300), (4.0, 5e-324)] {
                assert!(shape.weight(d, radius).is_finite(), "{shape:?} at {d}, radius {radius}");
            }
        }
    }

    #[test]
    fn shapes_have_the_published_values() {
        let at = |shape: Neighborhood, d: f64| shape.weight(d * d, 2.0);
        assert_eq!((at(Neighborhood::Bubble, 2.0), at(Neighborhood::Bubble, 2.001)), (1.0, 0.0));
        assert_eq!((at(Neighborhood::Triangle, 1.0), at(Neighborhood::Triangle, 3.0)), (0.5, 0.0));
        assert_eq!((at(Neighborhood::Epanechnikov, 1.0), at(Neighborhood::Epanechnikov, 3.0)), (0.75, 0.0));
        assert_eq!(at(Neighborhood::CutGaussian, 2.1), 0.0);
        assert_eq!(at(Neighborhood::CutGaussian, 2.0), at(Neighborhood::KohonenGaussian, 2.0));
        assert_eq!(at(Neighborhood::MexicanHat, 2.0), 0.0);
        assert!((at(Neighborhood::MexicanHat, 4.0) + 3.0 * 0.135_335_283_236_612_7).abs() < 1e-15);
    }
}
