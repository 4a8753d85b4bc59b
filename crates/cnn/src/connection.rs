//! [`Connections`]: which maps of a layer see which maps of the layer below.

use crate::CnnError;

/// Which maps below each map of a convolution sees.
///
/// Kernels that are not in the table do not exist: they are never multiplied, never learn, and stand as zeros in the weights
/// that are saved.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Connections {
    /// Every map sees every map below.
    #[default]
    Full,
    /// Row m lists the maps below that map m sees, in ascending order.
    Table(Vec<Vec<usize>>),
}

impl Connections {
    /// The table in full, checked: a list of maps below for each map.
    pub(crate) fn lists(&self, layer: usize, below: usize, maps: usize) -> Result<Vec<Vec<usize>>, CnnError> {
        let table = match self {
            Self::Full => return Ok(vec![(0..below).collect(); maps]),
            Self::Table(table) => table,
        };
        if table.len() != maps {
            return Err(CnnError::TableRows { layer, expected: maps, found: table.len() });
        }
        for (map, row) in table.iter().enumerate() {
            if let Some(&entry) = row.iter().find(|&&entry| entry >= below) {
                return Err(CnnError::TableEntry { layer, map, below: entry, maps: below });
            }
            if row.is_empty() || !row.is_sorted_by(|a, b| a < b) {
                return Err(CnnError::TableOrder { layer, map });
            }
        }
        Ok(table.clone())
    }
}
