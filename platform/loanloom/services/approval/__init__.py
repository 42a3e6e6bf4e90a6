"""A case in its flow: work lists, decisions, the approval sheet, sanctions."""
