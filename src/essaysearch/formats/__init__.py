"""Results to text: `table` names the formats, `facts` is what they all show of a hit."""
