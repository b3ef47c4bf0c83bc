#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""make-vocabulary.py: prints data/bundles/untrained/vocab.txt, the small vocabulary that ships.

A WordPiece vocabulary of our own: special words, every ASCII letter, digit and sign as a word and as a piece, so that
no English text becomes [UNK]; the words of the task templates and of chest CT findings; common endings.
"""
import string

SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]

TEMPLATES = """
diagnose the presence of in around predict risk months month segment image is there a an any are this scan show
evidence patient has have had was with without no not and or on at by for from to be been signs sign does do can
you see visible lungs lung what where which who chest ct computed tomography find finding findings probability
absence absent present likely within after before next year years day days likelihood please detect identify
"""

FINDINGS = """
arterial wall calcification atelectasis bronchiectasis cardiomegaly consolidation coronary artery emphysema hiatal
hernia interlobular septal thickening nodule nodules opacity opacities lymphadenopathy medical material mosaic
attenuation pattern peribronchial pericardial effusion pleural pulmonary fibrotic sequela embolism hypertension
mortality readmission death air trapping airspace disease aspiration bandlike linear bronchial bronchiolectasis
bronchiolitis bronchitis cabg ground glass heart failure valve replacement hemothorax honeycombing infiltrate
infiltrates interstitial resection mucous plugging mucus plug pacemaker defib defibrillator pneumonia pneumonitis
pneumothorax edema oedema reticulation reticular scattered sternotomy tree bud tuberculosis fibrosis mass masses
tumor tumour cancer metastasis metastases lesion lesions cyst cysts cavity cavitation scar scarring fracture
fractures aneurysm dissection stenosis thrombus clot infarct infection inflammation hemorrhage bleeding catheter
tube device implant stent line port hyperinflation crazy paving halo covid viral bacterial fungal abscess empyema
collapse volume loss shift mediastinal hilar enlarged enlargement dilated dilatation narrowing chronic acute mild
bypass graft grafting moderate severe small large bilateral unilateral diffuse focal multiple single solitary benign
malignant calcified
"""

ANATOMY = """
liver stomach lobe lobes left right upper middle lower esophagus trachea tracheal airway airways thoracic vertebra
vertebrae spine heart aorta aortic vein veins atrial appendage atrium ventricle superior inferior vena cava rib
ribs cage sternum sternal body costal cartilage cartilaginous cardiac organ organs structure structures bronchus
bronchi diaphragm mediastinum pleura pericardium hilum lymph node nodes bone bones muscle fat skin breast thyroid
spleen kidney kidneys adrenal gland gallbladder pancreas clavicle scapula humerus shoulder neck abdomen head apex
base anterior posterior lateral medial cerebral artery arteries vessel vessels blood tissue soft segment segmental
10 11 12 subsegmental peripheral central fissure parenchyma alveolar interlobar perihilar basal apical subpleural
"""

PIECES = """
s es ed ing er ers or al ic ical ous ive ary ar y ly ion ions ation ations ment ness ity itis osis oma omas emia
pathy megaly ectasis ology ologist scopy graphy gram tomy ectomy plasty ectasia trophy plasia stasis cele ia ias
um us is ae en on an in at it le el st th re un de nd nt ent ant able ible less ful ism ist ize ise ate ated ates
ating cy ty ry gy phy pneu bronch pulmon cardi thorac pleur
"""


def words():
    """Words in order of their first appearance."""
    seen = dict.fromkeys(SPECIAL)
    plain = string.digits + string.ascii_lowercase
    seen.update(dict.fromkeys(c for c in string.punctuation))
    seen.update(dict.fromkeys(plain))
    seen.update(dict.fromkeys("##" + c for c in plain))
    for text in (TEMPLATES, FINDINGS, ANATOMY):
        seen.update(dict.fromkeys(text.split()))
    seen.update(dict.fromkeys("##" + piece for piece in PIECES.split()))
    return list(seen)


if __name__ == "__main__":
    print("\n".join(words()))
