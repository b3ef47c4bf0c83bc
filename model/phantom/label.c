/* SPDX-License-Identifier: Apache-2.0 */
#include "model/phantom/label.h"

static const char *const names[256] = {
  [SAG_PHANTOM_SPLEEN] = "spleen",
  [SAG_PHANTOM_LIVER] = "liver",
  [SAG_PHANTOM_STOMACH] = "stomach",
  [SAG_PHANTOM_LUNG_UPPER_LOBE_LEFT] = "lung_upper_lobe_left",
  [SAG_PHANTOM_LUNG_LOWER_LOBE_LEFT] = "lung_lower_lobe_left",
  [SAG_PHANTOM_LUNG_UPPER_LOBE_RIGHT] = "lung_upper_lobe_right",
  [SAG_PHANTOM_LUNG_MIDDLE_LOBE_RIGHT] = "lung_middle_lobe_right",
  [SAG_PHANTOM_LUNG_LOWER_LOBE_RIGHT] = "lung_lower_lobe_right",
  [SAG_PHANTOM_OESOPHAGUS] = "esophagus",
  [SAG_PHANTOM_TRACHEA] = "trachea",
  [SAG_PHANTOM_HEART] = "heart",
  [SAG_PHANTOM_AORTA] = "aorta",
  [SAG_PHANTOM_PULMONARY_VEIN] = "pulmonary_vein",
  [SAG_PHANTOM_BRACHIOCEPHALIC_TRUNK] = "brachiocephalic_trunk",
  [SAG_PHANTOM_SUBCLAVIAN_RIGHT] = "subclavian_artery_right",
  [SAG_PHANTOM_SUBCLAVIAN_LEFT] = "subclavian_artery_left",
  [SAG_PHANTOM_CAROTID_RIGHT] = "common_carotid_artery_right",
  [SAG_PHANTOM_CAROTID_LEFT] = "common_carotid_artery_left",
  [SAG_PHANTOM_BRACHIOCEPHALIC_VEIN_LEFT] = "brachiocephalic_vein_left",
  [SAG_PHANTOM_BRACHIOCEPHALIC_VEIN_RIGHT] = "brachiocephalic_vein_right",
  [SAG_PHANTOM_ATRIAL_APPENDAGE_LEFT] = "atrial_appendage_left",
  [SAG_PHANTOM_SUPERIOR_VENA_CAVA] = "superior_vena_cava",
  [SAG_PHANTOM_INFERIOR_VENA_CAVA] = "inferior_vena_cava",
  [SAG_PHANTOM_HUMERUS_LEFT] = "humerus_left",
  [SAG_PHANTOM_HUMERUS_RIGHT] = "humerus_right",
  [SAG_PHANTOM_SCAPULA_LEFT] = "scapula_left",
  [SAG_PHANTOM_SCAPULA_RIGHT] = "scapula_right",
  [SAG_PHANTOM_CLAVICLE_LEFT] = "clavicula_left",
  [SAG_PHANTOM_CLAVICLE_RIGHT] = "clavicula_right",
  [SAG_PHANTOM_STERNUM] = "sternum",
  [SAG_PHANTOM_COSTAL_CARTILAGE] = "costal_cartilages",
  [SAG_PHANTOM_BODY] = "body",
  [SAG_PHANTOM_EFFUSION_LEFT] = "effusion_left",
  [SAG_PHANTOM_EFFUSION_RIGHT] = "effusion_right",
  [SAG_PHANTOM_CONSOLIDATION_LEFT] = "consolidation_left",
  [SAG_PHANTOM_CONSOLIDATION_RIGHT] = "consolidation_right",
  [SAG_PHANTOM_NODULE] = "nodule",
  [SAG_PHANTOM_PNEUMOTHORAX] = "pneumothorax",
  [SAG_PHANTOM_PNEUMOTHORAX_LEFT] = "pneumothorax_left",
  [SAG_PHANTOM_GROUND_GLASS_LEFT] = "ground_glass_left",
  [SAG_PHANTOM_GROUND_GLASS_RIGHT] = "ground_glass_right",
  [SAG_PHANTOM_EMPHYSEMA_LEFT] = "emphysema_left",
  [SAG_PHANTOM_EMPHYSEMA_RIGHT] = "emphysema_right",
  [SAG_PHANTOM_ATELECTASIS_LEFT] = "atelectasis_left",
  [SAG_PHANTOM_ATELECTASIS_RIGHT] = "atelectasis_right",
  [SAG_PHANTOM_PERICARDIAL_EFFUSION] = "pericardial_effusion",
  [SAG_PHANTOM_CORONARY_CALCIFICATION] = "coronary_calcification",
  [SAG_PHANTOM_AORTIC_CALCIFICATION] = "aortic_calcification",
  [SAG_PHANTOM_HIATAL_HERNIA] = "hiatal_hernia",
  [SAG_PHANTOM_LYMPH_NODE] = "lymph_node",
  [SAG_PHANTOM_PACEMAKER] = "pacemaker",
  [SAG_PHANTOM_TUBE] = "tube",
  [SAG_PHANTOM_VALVE] = "valve",
  [SAG_PHANTOM_STERNAL_WIRE] = "sternal_wire",
};

char *
sag_label_dup_name (guint8 label, gboolean anatomical)
{
  if (names[label] != NULL)
    return g_strdup (names[label]);
  if (!anatomical)
    return label == SAG_PHANTOM_SPINE  ? g_strdup ("spine")
           : label == SAG_PHANTOM_RIBS ? g_strdup ("ribs")
                                       : NULL;
  if (label >= SAG_PHANTOM_RIB_LEFT_1 && label < SAG_PHANTOM_STERNUM)
    return g_strdup_printf ("rib_%s_%d", label < SAG_PHANTOM_RIB_RIGHT_1 ? "left" : "right",
                            (label - SAG_PHANTOM_RIB_LEFT_1) % 12 + 1);
  if (label > SAG_PHANTOM_VERTEBRA_T1 && label <= SAG_PHANTOM_VERTEBRA_T1 + 7)
    return g_strdup_printf ("vertebrae_C%d", 7 - (label - SAG_PHANTOM_VERTEBRA_T1 - 1));
  if (label >= SAG_PHANTOM_VERTEBRA_T12 && label <= SAG_PHANTOM_VERTEBRA_T1)
    return g_strdup_printf ("vertebrae_T%d", SAG_PHANTOM_VERTEBRA_T1 - label + 1);
  if (label > SAG_PHANTOM_SPINE && label <= SAG_PHANTOM_VERTEBRA_L1)
    return g_strdup_printf ("vertebrae_L%d", SAG_PHANTOM_VERTEBRA_L1 - label + 1);
  return NULL;
}
