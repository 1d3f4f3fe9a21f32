"""A person who knows what is in the sentences of the Slack simulator, to label them as typed lines."""

import re

TERMS = {
    "SYMPTOM": (
        "chest pain|shortness of breath|dry cough|cough|throbbing headache|headache|wheezing|rash|Fever|fever|chills|"
        "sore throat|tired|weakness of the left arm|slurred speech|earache|runny nose|Burning when passing urine|"
        "Nausea|vomiting|fatigue|Swollen ankles|Abdominal pain|nosebleed|Joint pain|morning stiffness|Dizziness|"
        "loss of consciousness|back pain|Runny nose|itchy eyes|sneezing|Chest pain|heartburn|Palpitations|weight loss|"
        "Diarrhea|Low mood|insomnia|stiff neck|pain before|Constipation|hives|Blurred vision|increased thirst|sputum|"
        "Knee pain|Muscle pain|Painful red toe"
    ),
    "DISEASE": (
        "type 2 diabetes|asthma|Known asthma|strep throat|hypothyroidism|urinary tract infection|hypertension|"
        "pneumonia|heart failure|Epileptic seizure|Migraine with aura|appendicitis|atrial fibrillation|"
        "rheumatoid arthritis|hay fever|angina|gastroesophageal reflux disease|hyperthyroidism|Eczema|"
        "gout|meningitis|Shingles|anemia|diabetes|COPD|glandular fever"
    ),
    "DRUG": (
        "azithromycin|metformin|ibuprofen|salbutamol|amoxicillin|levothyroxine|trimethoprim|lisinopril|codeine|"
        "furosemide|paracetamol|lamotrigine|sumatriptan|warfarin|amlodipine|cetirizine|nitroglycerin|omeprazole|"
        "clindamycin|hydrocortisone|sertraline|allopurinol|ferrous sulfate|adrenaline|prednisolone|doxycycline|"
        "naproxen|atorvastatin"
    ),
}
_LABEL_OF = {term: label for label, terms in TERMS.items() for term in terms.split("|")}
_ANY = re.compile(
    r"\b(?:" + "|".join(sorted(map(re.escape, _LABEL_OF), key=len, reverse=True)) + r")\b"
)


def as_typed(sentence: str) -> str:
    """What stands behind /label to label the whole sentence."""
    marked = _ANY.sub(lambda match: f"{{{match[0]}={_LABEL_OF[match[0]]}}}", sentence)
    return marked if marked != sentence else f"none in: {sentence}"
