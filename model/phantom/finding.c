/* SPDX-License-Identifier: Apache-2.0 */
#include "model/phantom/finding.h"

static const struct
{
  SagPhantomFinding finding;
  const char       *name;
  guint8            label;
  double            least_ml;
} findings[] = {
  { SAG_FINDING_EFFUSION_LEFT, "effusion_left", SAG_PHANTOM_EFFUSION_LEFT, 40 },
  { SAG_FINDING_EFFUSION_RIGHT, "effusion_right", SAG_PHANTOM_EFFUSION_RIGHT, 40 },
  { SAG_FINDING_CONSOLIDATION_LEFT, "consolidation_left", SAG_PHANTOM_CONSOLIDATION_LEFT, 20 },
  { SAG_FINDING_CONSOLIDATION_RIGHT, "consolidation_right", SAG_PHANTOM_CONSOLIDATION_RIGHT, 20 },
  { SAG_FINDING_NODULE, "nodule", SAG_PHANTOM_NODULE, 0.3 },
  { SAG_FINDING_PNEUMOTHORAX, "pneumothorax", SAG_PHANTOM_PNEUMOTHORAX, 40 },
  { SAG_FINDING_NO_LEFT_LUNG, "no_left_lung", 0 },
  { SAG_FINDING_NO_RIGHT_LUNG, "no_right_lung", 0 },
  { SAG_FINDING_PNEUMOTHORAX_LEFT, "pneumothorax_left", SAG_PHANTOM_PNEUMOTHORAX_LEFT, 40 },
  { SAG_FINDING_GROUND_GLASS_LEFT, "ground_glass_left", SAG_PHANTOM_GROUND_GLASS_LEFT, 20 },
  { SAG_FINDING_GROUND_GLASS_RIGHT, "ground_glass_right", SAG_PHANTOM_GROUND_GLASS_RIGHT, 20 },
  { SAG_FINDING_EMPHYSEMA_LEFT, "emphysema_left", SAG_PHANTOM_EMPHYSEMA_LEFT, 20 },
  { SAG_FINDING_EMPHYSEMA_RIGHT, "emphysema_right", SAG_PHANTOM_EMPHYSEMA_RIGHT, 20 },
  { SAG_FINDING_ATELECTASIS_LEFT, "atelectasis_left", SAG_PHANTOM_ATELECTASIS_LEFT, 15 },
  { SAG_FINDING_ATELECTASIS_RIGHT, "atelectasis_right", SAG_PHANTOM_ATELECTASIS_RIGHT, 15 },
  { SAG_FINDING_PERICARDIAL_EFFUSION, "pericardial_effusion", SAG_PHANTOM_PERICARDIAL_EFFUSION,
    40 },
  { SAG_FINDING_CARDIOMEGALY, "cardiomegaly", 0 },
  { SAG_FINDING_CORONARY_CALCIFICATION, "coronary_calcification",
    SAG_PHANTOM_CORONARY_CALCIFICATION },
  { SAG_FINDING_AORTIC_CALCIFICATION, "aortic_calcification", SAG_PHANTOM_AORTIC_CALCIFICATION },
  { SAG_FINDING_HIATAL_HERNIA, "hiatal_hernia", SAG_PHANTOM_HIATAL_HERNIA, 5 },
  { SAG_FINDING_LYMPH_NODES, "lymph_nodes", SAG_PHANTOM_LYMPH_NODE, 3 },
  { SAG_FINDING_PACEMAKER, "pacemaker", SAG_PHANTOM_PACEMAKER },
  { SAG_FINDING_TUBE, "tube", SAG_PHANTOM_TUBE },
  { SAG_FINDING_VALVE, "valve", SAG_PHANTOM_VALVE },
  { SAG_FINDING_STERNOTOMY, "sternotomy", SAG_PHANTOM_STERNAL_WIRE },
  { SAG_FINDING_SCATTERED_NODULES, "scattered_nodules", SAG_PHANTOM_NODULE, 0.3 },
};

G_STATIC_ASSERT (G_N_ELEMENTS (findings) == SAG_N_FINDINGS);

static guint
find (SagPhantomFinding finding)
{
  guint f = 0;

  while (f < SAG_N_FINDINGS - 1 && findings[f].finding != finding)
    f++;
  return f;
}

const char *
sag_finding_get_name (SagPhantomFinding finding)
{
  return findings[find (finding)].name;
}

guint8
sag_finding_get_label (SagPhantomFinding finding)
{
  return findings[find (finding)].label;
}

double
sag_finding_get_least_ml (SagPhantomFinding finding)
{
  return findings[find (finding)].least_ml;
}
