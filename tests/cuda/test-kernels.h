/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* The parts of test-kernels, which counts at its end whether every kernel ran. */

void add_convert_tests (void);
void add_vision_tests (void);
void add_gemm_tests (void);
void add_text_tests (void);
void add_answer_tests (void);
void add_prepare_tests (void);
void add_resample_tests (void);
