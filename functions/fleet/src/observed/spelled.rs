//! Enums of AWS that have a spelling, in a saved observation: as AWS spells them, what it adds later
//! included.

/// Writes and reads an enum by its `as_str` and `parse`.
macro_rules! spelled {
    ($name:ident) => {
        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                String::deserialize(deserializer).map(|text| Self::parse(&text))
            }
        }
    };
}

pub(crate) use spelled;

#[cfg(test)]
mod tests {
    use crate::observed::{InstanceState, ParameterKind, ServiceState, TargetState};
    use serde::Serialize;
    use serde::de::DeserializeOwned;
    use std::fmt::Debug;

    fn round<T: Serialize + DeserializeOwned + PartialEq + Debug>(value: T, text: &str) {
        let json = serde_json::to_value(&value).expect("JSON");
        assert_eq!(json, text);
        assert_eq!(serde_json::from_value::<T>(json).expect("read"), value);
    }

    #[test]
    fn a_state_is_saved_as_aws_spells_it_also_one_that_is_added_later() {
        round(TargetState::UnhealthyDraining, "unhealthy.draining");
        round(TargetState::Unknown("resting".to_owned()), "resting");
        round(InstanceState::ShuttingDown, "shutting-down");
        round(InstanceState::Unknown("asleep".to_owned()), "asleep");
        round(ServiceState::Available, "Available");
        round(ServiceState::Unknown(String::new()), "");
        round(ParameterKind::StringList, "StringList");
        round(ParameterKind::Unknown("Later".to_owned()), "Later");
    }
}
