/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/volume/volume.h"

G_BEGIN_DECLS

/**
 * SagPhantomFinding: what can be wrong with a phantom. More than one may be set.
 */
typedef enum
{
  SAG_FINDING_EFFUSION_LEFT = 1 << 0,
  SAG_FINDING_EFFUSION_RIGHT = 1 << 1,
  SAG_FINDING_CONSOLIDATION_LEFT = 1 << 2, /* a whole lower lobe */
  SAG_FINDING_CONSOLIDATION_RIGHT = 1 << 3,
  SAG_FINDING_NODULE = 1 << 4,
  SAG_FINDING_PNEUMOTHORAX = 1 << 5,
  SAG_FINDING_NO_LEFT_LUNG = 1 << 6, /* removed, the side filled with soft tissue */
  SAG_FINDING_NO_RIGHT_LUNG = 1 << 7,
} SagPhantomFinding;

/**
 * SagPhantomLabel: values of a phantom's label map; organs as in TotalSegmentator v2 where it has
 * them.
 *
 * Lobes do not include what a finding takes from them. The pneumothorax is on the right.
 */
typedef enum
{
  SAG_PHANTOM_BACKGROUND = 0,
  SAG_PHANTOM_LIVER = 5,
  SAG_PHANTOM_LUNG_UPPER_LOBE_LEFT = 10,
  SAG_PHANTOM_LUNG_LOWER_LOBE_LEFT = 11,
  SAG_PHANTOM_LUNG_UPPER_LOBE_RIGHT = 12,
  SAG_PHANTOM_LUNG_MIDDLE_LOBE_RIGHT = 13,
  SAG_PHANTOM_LUNG_LOWER_LOBE_RIGHT = 14,
  SAG_PHANTOM_TRACHEA = 16,
  SAG_PHANTOM_SPINE = 26,
  SAG_PHANTOM_HEART = 51,
  SAG_PHANTOM_AORTA = 52,
  SAG_PHANTOM_RIBS = 92,
  SAG_PHANTOM_BODY = 200,
  SAG_PHANTOM_EFFUSION_LEFT = 210,
  SAG_PHANTOM_EFFUSION_RIGHT = 211,
  SAG_PHANTOM_CONSOLIDATION_LEFT = 212,
  SAG_PHANTOM_CONSOLIDATION_RIGHT = 213,
  SAG_PHANTOM_NODULE = 214,
  SAG_PHANTOM_PNEUMOTHORAX = 215,
} SagPhantomLabel;

/**
 * SagPhantomOptions: zero-initialised gives a healthy adult of seed 0 at 2 mm, stored R, A, S.
 * @findings: SagPhantomFinding flags
 * @orientation: "RAS", "LPS", "IAR" ... the direction in which each stored axis rises; NULL means
 * "RAS"
 * @spacing_mm: along the stored axes; 0 means 2
 * @rotation_degrees: oblique: the grid is turned about the patient's R, then A, then S axis
 * @enhanced: with contrast medium in the heart and the vessels
 */
typedef struct
{
  guint64     seed;
  guint       findings;
  const char *orientation;
  double      spacing_mm[3];
  double      rotation_degrees[3];
  gboolean    enhanced;
} SagPhantomOptions;

/**
 * SagPhantom: a synthetic chest CT with its exact truth. For tests, the demo and training; no
 * patient.
 * @image: int16 HU
 * @labels: int16 SagPhantomLabel on the same grid
 */
typedef struct
{
  SagVolume *image;
  SagVolume *labels;
} SagPhantom;

/**
 * sag_phantom_new: makes a patient and scans it.
 *
 * A seed is a patient: shapes are evaluated in mm, so that every grid shows the same one, and two
 * grids that differ only in the order of their axes have the same voxels, noise included. The same
 * on every machine.
 *
 * Returns: (nullable): NULL if the orientation names no order of axes, a spacing is negative or not
 * finite, or the grid would hold more than 2^30 voxels
 */
SagPhantom *sag_phantom_new (const SagPhantomOptions *options);
void        sag_phantom_free (SagPhantom *phantom);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SagPhantom, sag_phantom_free)

/**
 * sag_phantom_get_box: the smallest box in RAS mm (outer faces of its voxels) that holds @label.
 * Returns: FALSE if the phantom has no such voxel
 */
gboolean sag_phantom_get_box (const SagPhantom *phantom,
                              SagPhantomLabel   label,
                              double            low_mm[3],
                              double            high_mm[3]);

/**
 * sag_phantom_write: `sagitta-cli phantom`: @folder, made if needed, gets NAME.nii.gz,
 * NAME_labels.nii.gz and NAME.json with seed, findings, and the box of every label; all three, or
 * none.
 */
gboolean sag_phantom_write (const SagPhantom        *phantom,
                            const SagPhantomOptions *options,
                            const char              *folder,
                            const char              *name,
                            GError                 **error);

G_END_DECLS
