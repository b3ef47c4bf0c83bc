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
  /* those of anatomical phantoms only */
  SAG_FINDING_PNEUMOTHORAX_LEFT = 1 << 8,
  SAG_FINDING_GROUND_GLASS_LEFT = 1 << 9,
  SAG_FINDING_GROUND_GLASS_RIGHT = 1 << 10,
  SAG_FINDING_EMPHYSEMA_LEFT = 1 << 11,
  SAG_FINDING_EMPHYSEMA_RIGHT = 1 << 12,
  SAG_FINDING_ATELECTASIS_LEFT = 1 << 13,
  SAG_FINDING_ATELECTASIS_RIGHT = 1 << 14,
  SAG_FINDING_PERICARDIAL_EFFUSION = 1 << 15,
  SAG_FINDING_CARDIOMEGALY = 1 << 16,
  SAG_FINDING_CORONARY_CALCIFICATION = 1 << 17,
  SAG_FINDING_AORTIC_CALCIFICATION = 1 << 18,
  SAG_FINDING_HIATAL_HERNIA = 1 << 19,
  SAG_FINDING_LYMPH_NODES = 1 << 20,
  SAG_FINDING_PACEMAKER = 1 << 21,
  SAG_FINDING_TUBE = 1 << 22,
  SAG_FINDING_VALVE = 1 << 23,
  SAG_FINDING_STERNOTOMY = 1 << 24,
  SAG_FINDING_SCATTERED_NODULES = 1 << 25,
} SagPhantomFinding;

#define SAG_N_FINDINGS 26

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
  SAG_PHANTOM_PNEUMOTHORAX_LEFT = 216,
  SAG_PHANTOM_GROUND_GLASS_LEFT = 217,
  SAG_PHANTOM_GROUND_GLASS_RIGHT = 218,
  SAG_PHANTOM_EMPHYSEMA_LEFT = 219,
  SAG_PHANTOM_EMPHYSEMA_RIGHT = 220,
  SAG_PHANTOM_ATELECTASIS_LEFT = 221,
  SAG_PHANTOM_ATELECTASIS_RIGHT = 222,
  SAG_PHANTOM_PERICARDIAL_EFFUSION = 223,
  SAG_PHANTOM_CORONARY_CALCIFICATION = 224,
  SAG_PHANTOM_AORTIC_CALCIFICATION = 225,
  SAG_PHANTOM_HIATAL_HERNIA = 226,
  SAG_PHANTOM_LYMPH_NODE = 227,
  SAG_PHANTOM_PACEMAKER = 228,
  SAG_PHANTOM_TUBE = 229,
  SAG_PHANTOM_VALVE = 230,
  SAG_PHANTOM_STERNAL_WIRE = 231,
} SagPhantomLabel;

/** Organs of anatomical phantoms that the others lack, by TotalSegmentator v2 too. */
enum
{
  SAG_PHANTOM_SPLEEN = 1,
  SAG_PHANTOM_STOMACH = 6,
  SAG_PHANTOM_OESOPHAGUS = 15,
  SAG_PHANTOM_VERTEBRA_L1 = 31,
  SAG_PHANTOM_VERTEBRA_T12 = 32, /* upwards to T1, 43, and C7, 44 */
  SAG_PHANTOM_VERTEBRA_T1 = 43,
  SAG_PHANTOM_PULMONARY_VEIN = 53,
  SAG_PHANTOM_BRACHIOCEPHALIC_TRUNK = 54,
  SAG_PHANTOM_SUBCLAVIAN_RIGHT = 55,
  SAG_PHANTOM_SUBCLAVIAN_LEFT = 56,
  SAG_PHANTOM_CAROTID_RIGHT = 57,
  SAG_PHANTOM_CAROTID_LEFT = 58,
  SAG_PHANTOM_BRACHIOCEPHALIC_VEIN_LEFT = 59,
  SAG_PHANTOM_BRACHIOCEPHALIC_VEIN_RIGHT = 60,
  SAG_PHANTOM_ATRIAL_APPENDAGE_LEFT = 61,
  SAG_PHANTOM_SUPERIOR_VENA_CAVA = 62,
  SAG_PHANTOM_INFERIOR_VENA_CAVA = 63,
  SAG_PHANTOM_HUMERUS_LEFT = 69,
  SAG_PHANTOM_HUMERUS_RIGHT = 70,
  SAG_PHANTOM_SCAPULA_LEFT = 71,
  SAG_PHANTOM_SCAPULA_RIGHT = 72,
  SAG_PHANTOM_CLAVICLE_LEFT = 73,
  SAG_PHANTOM_CLAVICLE_RIGHT = 74,
  SAG_PHANTOM_RIB_LEFT_1 = 92, /* upwards to 103 */
  SAG_PHANTOM_RIB_RIGHT_1 = 104,
  SAG_PHANTOM_STERNUM = 116,
  SAG_PHANTOM_COSTAL_CARTILAGE = 117,
};

/** What anatomical phantoms draw from their seed unless it is chosen. */
typedef enum
{
  SAG_SEX_DRAWN,
  SAG_SEX_FEMALE,
  SAG_SEX_MALE,
} SagPhantomSex;

typedef enum
{
  SAG_ARMS_DRAWN,
  SAG_ARMS_UP,
  SAG_ARMS_DOWN,
} SagPhantomArms;

typedef enum
{
  SAG_KERNEL_DRAWN,
  SAG_KERNEL_SOFT,
  SAG_KERNEL_MEDIUM,
  SAG_KERNEL_SHARP,
} SagPhantomKernel;

/**
 * SagPhantomOptions: zero-initialised gives a healthy adult of seed 0 at 2 mm, stored R, A, S.
 * @findings: SagPhantomFinding flags
 * @orientation: "RAS", "LPS", "IAR" ... the direction in which each stored axis rises; NULL means
 * "RAS"
 * @spacing_mm: along the stored axes; 0 means 2
 * @rotation_degrees: oblique: the grid is turned about the patient's R, then A, then S axis
 * @enhanced: with contrast medium in the heart and the vessels
 * @anatomical: with all organs and findings, breathing, sex, size and posture drawn from the seed, and a scanner
 *   with a kernel; otherwise few large shapes, for tests: quick, and their voxels never change
 * @sex, @arms, @kernel: of anatomical phantoms
 * @visit: of anatomical phantoms: the same patient on another day: another breath, another way of lying, other noise
 */
typedef struct
{
  guint64     seed;
  guint       findings;
  const char *orientation;
  double      spacing_mm[3];
  double      rotation_degrees[3];
  gboolean    enhanced;
  gboolean    anatomical;

  SagPhantomSex    sex;
  SagPhantomArms   arms;
  SagPhantomKernel kernel;
  guint            visit;
} SagPhantomOptions;

/**
 * SagPhantom: a synthetic chest CT with its exact truth. For tests, the demo and training; no
 * patient.
 * @image: int16 HU
 * @labels: int16 SagPhantomLabel on the same grid; findings win over organs
 * @organs: (nullable): of anatomical phantoms: int16, organs that keep what is found in them: a consolidated lobe is
 *   whole. What is around them is not in them: pleural effusion is SAG_PHANTOM_BODY
 */
typedef struct
{
  SagVolume *image;
  SagVolume *labels;
  SagVolume *organs;
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
