export { Admission, type AdmissionLimits } from "./admission.ts";
